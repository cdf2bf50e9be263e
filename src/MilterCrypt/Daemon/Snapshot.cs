using MilterCrypt.Configuration;
using MilterCrypt.Engine;

namespace MilterCrypt.Daemon;

/// <summary>One configuration with what was made from it. Never changes; a message keeps the one it began with.</summary>
/// <param name="Settings">What the file says.</param>
/// <param name="Keys">The keys; closed by whoever replaces this snapshot.</param>
/// <param name="Processor">What decides about messages.</param>
internal sealed record Snapshot(Settings Settings, WatchedKeys Keys, MessageProcessor Processor);
