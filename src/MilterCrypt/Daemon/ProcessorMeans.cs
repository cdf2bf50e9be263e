using System.Security.Cryptography;
using MilterCrypt.Configuration;
using MilterCrypt.Engine;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Engine.Hops;
using MilterCrypt.Engine.Injection;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Splitting;

namespace MilterCrypt.Daemon;

/// <summary>What a processor needs beside its settings: the one place where one is made of the other, so that the daemon and the
/// commands that speak for it decide alike.</summary>
/// <param name="FindKey">What is known of an address's key at a time.</param>
/// <param name="Budget">What all messages may hold together.</param>
/// <param name="Clock">The time at which keys are judged.</param>
/// <param name="Random">The source of session keys and boundaries.</param>
internal sealed record ProcessorMeans(
    Func<MailAddress, DateTimeOffset, KeyAnswer> FindKey, SpoolBudget Budget, TimeProvider Clock, RandomNumberGenerator Random)
{
    /// <summary>Whose secret keys can be used; null for nobody's.</summary>
    public OwnKeys? OwnKeys { get; init; }

    /// <summary>What the hops know each other by; null where there is one.</summary>
    public HopKeys? Hops { get; init; }

    /// <summary>Remembers what was handed over; null where nothing is: then no message is split or held.</summary>
    public HandoverJournal? Journal { get; init; }

    /// <summary>What messages are split with, in the place of what the settings say; null for that.</summary>
    public SplitMeans? Split { get; init; }

    /// <summary>Whether it is only asked what would become of messages.</summary>
    public bool Rehearses { get; init; }

    /// <summary>Makes one.</summary>
    public MessageProcessor For(Settings settings) =>
        new(settings.PolicyTable(), FindKey, new SpoolOptions(settings.Spool.Directory, settings.Spool.MessageMemory), Budget, Clock, Random)
        {
            Aliases = [.. settings.Aliases.Select(static alias => new AddressAlias(alias.Address, alias.KeysOf, alias.Readdress))],
            Hops = Hops,
            Split = Split ?? SplitMeansOf(settings),
            OwnKeys = OwnKeys,
            Rehearses = Rehearses,
        };

    /// <summary>Where messages are held; null for nowhere.</summary>
    internal static HeldFolder? Folder(Settings settings, RandomNumberGenerator random) =>
        settings.Held is { } held ? new HeldFolder(held.Directory, held.Disk, random) : null;

    /// <summary>What brings messages to the mail server; null where the settings don't say to where.</summary>
    internal static SmtpInjector? Injector(Settings settings, TimeProvider clock) => settings.Reinject is { } reinject
        ? new SmtpInjector(new InjectionOptions(reinject.Target, reinject.Connections, Environment.MachineName, clock))
        : null;

    private SplitMeans? SplitMeansOf(Settings settings) => settings.HandsOver && Journal is not null
        ? new SplitMeans(Injector(settings, Clock), Journal, settings.Reinject?.BccCopies ?? 0) { Held = Folder(settings, Random) }
        : null;
}
