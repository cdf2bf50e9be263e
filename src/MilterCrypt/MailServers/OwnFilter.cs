using System.Net;
using MilterCrypt.Configuration;
using MilterCrypt.Engine.Policy;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Native.LibC;

namespace MilterCrypt.MailServers;

/// <summary>Our side of what a mail server is configured for: where we listen, how long we may take, what we hold.</summary>
/// <param name="Settings">Our configuration.</param>
/// <param name="Options">What of it the milter library works with.</param>
internal sealed record OwnFilter(Settings Settings, MilterOptions Options)
{
    // A busy machine is late, and so is an answer at the last moment.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    /// <summary>How much larger a message is in the end: base64 with its line ends, and the parts around it.</summary>
    public const double Growth = 1.4;

    private const double GrowthWhereSigned = 2;

    /// <summary>The shortest wait for a connection that a busy machine can keep.</summary>
    public static TimeSpan LeastConnectTimeout { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Where we listen, as far as our configuration says it: not where `serve --listen` does, or where systemd has a
    /// socket for us.</summary>
    public IReadOnlyList<MilterEndpoint> Addresses =>
        [.. Settings.Listen.Select(listen => listen.Address).Where(address => address is not (MilterEndpoint.Inet { Port: 0 } or MilterEndpoint.Systemd))];

    /// <summary>How long an MTA must at least wait for the answer to a command. PROGRESS comes more often.</summary>
    public TimeSpan LeastCommandTimeout => Longer(Options.CommandTimeout, Options.ProgressInterval) + Margin;

    /// <summary>How long an MTA must at least wait from end of message to our verdict, where PROGRESS doesn't count.</summary>
    public TimeSpan LeastVerdictTimeout => Options.VerdictTimeout + (10 * Margin);

    /// <summary>Whether some recipient may be refused.</summary>
    public bool Refuses => Settings.AllChoices.Any(choices => choices.Encrypt is EncryptMode.WhenPossible or EncryptMode.Always);

    /// <summary>Whether some mail must not leave in clear.</summary>
    public bool KeepsSecrets => Settings.AllChoices.Any(choices => choices.Encrypt == EncryptMode.Always);

    /// <summary>How much larger a message is in the end where everything that the rules ask for is done: what is signed is encoded
    /// twice.</summary>
    public double GrowthHere => Settings.AllChoices.Any(choices => choices.Sign is SignMode.WhenPossible or SignMode.Always) ? GrowthWhereSigned : Growth;

    /// <summary>Whether before the queue we leave it to a hop behind it to encrypt.</summary>
    public bool LeavesFormsToEgress => Settings.HopKeys.Count > 0;

    /// <summary>The size in bytes of the largest message that fits into the spool when it is encrypted.</summary>
    public long LargestMessage => (long)(Settings.Spool.Disk / Growth);

    /// <summary>What is to be said where an MTA takes messages that don't fit into the spool.</summary>
    /// <param name="place">Where the MTA's limit stands, and what it is.</param>
    /// <param name="limit">The limit in bytes; 0 is none.</param>
    /// <param name="better">A line that sets one that fits.</param>
    public Finding? SpoolFinding(string place, long limit, string better)
    {
        string text = $"{place}{(limit == 0 ? " (none)" : "")}: encrypted, a message of more than {Words.Bytes(LargestMessage)} doesn't fit into spool.disk = "
            + $"{Words.Bytes(Settings.Spool.Disk)}, and gets 452 4.3.1 at each try; raise spool.disk, or write: {better}";
        return limit == 0 ? Finding.Note(text) : limit > LargestMessage ? Finding.Warning(text) : null;
    }

    /// <summary>Whether an address that an MTA names is one where we listen, or may: who can't say where, listens anywhere.</summary>
    public bool ListensAt(MilterEndpoint named) =>
        Addresses.Count == 0 || Settings.Listen.Any(listen => listen.Address is MilterEndpoint.Systemd) || Addresses.Any(own => AreSame(own, named));

    /// <summary>Where on the mail's way we are asked at an address that an MTA names; before the queue, where that isn't said.</summary>
    public ListenerRole RoleAt(MilterEndpoint named) =>
        Settings.Listen.FirstOrDefault(listen => AreSame(listen.Address, named))?.Role ?? ListenerRole.Ingress;

    private static bool AreSame(MilterEndpoint own, MilterEndpoint named) => (own, named) switch
    {
        (MilterEndpoint.Unix one, MilterEndpoint.Unix other) => AreSameFile(one.Path, other.Path),
        (MilterEndpoint.Inet one, MilterEndpoint.Inet other) => one.Port == other.Port && MayBeSame(one.Host, other.Host),
        _ => false,
    };

    // /var/run is /run on many systems: the same folder under another name.
    private static bool AreSameFile(string one, string other)
    {
        (one, other) = (Path.GetFullPath(one), Path.GetFullPath(other));
        return one == other || Path.GetFileName(one) == Path.GetFileName(other)
            && FileIdentity.Of(Path.GetDirectoryName(one) ?? "/") is { } folder
            && folder == FileIdentity.Of(Path.GetDirectoryName(other) ?? "/");
    }

    // Names are not looked up: what can't be told apart without DNS counts as the same.
    private static bool MayBeSame(string own, string named)
    {
        var one = AddressOf(own);
        var other = AddressOf(named);
        if (one is null || other is null)
            return true;
        return IsAny(one) || IPAddress.IsLoopback(one) && IPAddress.IsLoopback(other) || one.Equals(other);
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static IPAddress? AddressOf(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback :
        IPAddress.TryParse(host, out var address) ? address : null;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
