using MilterCrypt.Configuration;
using MilterCrypt.Engine;
using MilterCrypt.Engine.Holding;

namespace MilterCrypt.Daemon;

/// <summary>One configuration with what was made from it. Never changes; a message keeps the one it began with.</summary>
/// <param name="Settings">What the file says.</param>
/// <param name="Keys">The keys; closed by whoever replaces this snapshot.</param>
/// <param name="Processor">What decides about messages.</param>
internal sealed record Snapshot(Settings Settings, WatchedKeys Keys, MessageProcessor Processor)
{
    /// <summary>Where messages are held; null for nowhere.</summary>
    public HeldFolder? Held => Processor.Split?.Held;
}
