using MilterCrypt.Engine.Injection;
using MilterCrypt.Engine.Journal;

namespace MilterCrypt.Engine.Splitting;

/// <summary>What messages are split with.</summary>
/// <param name="Injector">Brings each form back to the MTA.</param>
/// <param name="Journal">Remembers what was handed over.</param>
/// <param name="BccCopies">How many recipients that the header doesn't name get a copy of their own.</param>
public sealed record SplitMeans(SmtpInjector Injector, HandoverJournal Journal, int BccCopies)
{
    /// <summary>The most forms that one message can have.</summary>
    internal int MaxForms => Injector.MaxConnections;

    /// <summary>Such copies, so that there is room for the other forms as well.</summary>
    internal int BccCopiesAtMost => Math.Min(BccCopies, MaxForms / 2);
}
