using MilterCrypt.Engine.Holding;
using MilterCrypt.Engine.Injection;
using MilterCrypt.Engine.Journal;

namespace MilterCrypt.Engine.Splitting;

/// <summary>What messages are split and held with.</summary>
/// <param name="Injector">Brings each form back to the MTA; null where none can be: then messages are held, at the most.</param>
/// <param name="Journal">Remembers what was handed over.</param>
/// <param name="BccCopies">How many recipients that the header doesn't name get a copy of their own.</param>
public sealed record SplitMeans(SmtpInjector? Injector, HandoverJournal Journal, int BccCopies)
{
    /// <summary>Where messages are held; null for nowhere.</summary>
    public HeldFolder? Held { get; init; }

    /// <summary>Whether these are messages that were held: then no MTA waits for them, so that all of it is handed over, and whoever
    /// still has no key is left out.</summary>
    public bool IsRelease { get; init; }

    /// <summary>The most forms that one message can have.</summary>
    internal int MaxForms => Injector?.MaxConnections ?? 0;

    /// <summary>Such copies, so that there is room for the other forms as well.</summary>
    internal int BccCopiesAtMost => Math.Min(BccCopies, MaxForms / 2);
}
