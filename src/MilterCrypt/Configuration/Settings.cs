using System.Net;
using Microsoft.Extensions.Logging;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using MilterCrypt.Milter.Listening;

namespace MilterCrypt.Configuration;

/// <summary>One whole configuration, as read; never changes. Each setting's meaning and default stand in
/// <see cref="SettingTable"/>.</summary>
internal sealed record Settings
{
    /// <summary><c>listen</c></summary>
    public IReadOnlyList<ListenSettings> Listen { get; init; } = [];

    /// <summary><c>store</c>; null where the file names none, which `encrypt --keys` can do without.</summary>
    public StoreSettings? Store { get; init; }

    /// <summary><c>spool</c></summary>
    public SpoolSettings Spool { get; init; } = new();

    /// <summary><c>log</c></summary>
    public LogSettings Log { get; init; } = new();

    /// <summary><c>http</c>; null where the file has none: then no port is opened.</summary>
    public HttpSettings? Http { get; init; }

    /// <summary><c>limits</c></summary>
    public LimitSettings Limits { get; init; } = new();

    /// <summary><c>timeouts</c></summary>
    public TimeoutSettings Timeouts { get; init; } = new();

    /// <summary><c>secret-keys</c>; null where the file has none: then nothing is signed or decrypted.</summary>
    public SecretKeySettings? SecretKeys { get; init; }

    /// <summary><c>reinject</c>; null where the file has none: then no message is split.</summary>
    public ReinjectSettings? Reinject { get; init; }

    /// <summary><c>journal</c>, <c>journal-keep</c></summary>
    public JournalSettings Journal { get; init; } = new();

    /// <summary><c>held</c>; null where the file has none: then no message is held.</summary>
    public HeldSettings? Held { get; init; }

    /// <summary><c>hop-key</c>: the first one signs, all of them are believed.</summary>
    public IReadOnlyList<SecretSource> HopKeys { get; init; } = [];

    /// <summary><c>recipient-delimiter</c>: each of these characters divides a local part from what follows; empty for none.</summary>
    public string RecipientDelimiter { get; init; } = "+";

    /// <summary><c>aliases</c></summary>
    public IReadOnlyList<AliasSettings> Aliases { get; init; } = [];

    /// <summary><c>signers</c></summary>
    public IReadOnlyList<Signer> Signers { get; init; } = [];

    /// <summary><c>local-domains</c>; null where nobody says: then mail has no direction.</summary>
    public IReadOnlyList<DomainPattern>? LocalDomains { get; init; }

    /// <summary><c>own-networks</c></summary>
    public IReadOnlyList<NetworkPattern> OwnNetworks { get; init; } = NetworkPattern.Loopback;

    /// <summary><c>policy</c></summary>
    public PolicyCascade Policy { get; init; } = PolicyCascade.Empty;

    /// <summary><c>rules</c></summary>
    public IReadOnlyList<Rule> Rules { get; init; } = [];

    /// <summary><c>emergency-bypass</c>; null where the file has none.</summary>
    public BypassSettings? EmergencyBypass { get; init; }

    /// <summary>Whether messages may be handed over to somebody other than the one who waits for an answer.</summary>
    public bool HandsOver => Reinject is not null || Held is not null;

    /// <summary>All that is asked for anywhere, of whomever.</summary>
    public IEnumerable<PolicyChoices> AllChoices =>
        Rules.Select(static rule => rule.Choices).Concat(Policy.Entries.Select(static entry => entry.Choices));

    /// <summary>What of a local part is a tag.</summary>
    public AddressTags Tags => new(RecipientDelimiter);

    /// <summary>What the rules and the policy make together.</summary>
    public PolicyTable PolicyTable() => new(Rules, Policy, new DirectionDecider(LocalDomains, OwnNetworks))
    {
        Tags = Tags,
        Bypass = EmergencyBypass is { IsOver: false, Bypass: var bypass } ? bypass : null,
    };
}

/// <summary>One place to listen.</summary>
/// <param name="Address">Where.</param>
internal sealed record ListenSettings(MilterEndpoint Address)
{
    /// <summary><c>listen[].mode</c>, <c>listen[].group</c>: who may connect, where it is a Unix socket of our own.</summary>
    public MilterSocketOptions Socket { get; init; } = new();

    /// <summary><c>listen[].role</c></summary>
    public ListenerRole Role { get; init; } = ListenerRole.Ingress;

    /// <summary><c>listen[].trusted-peers</c></summary>
    public TrustedPeers TrustedPeers { get; init; } = TrustedPeers.Nobody;

    /// <summary><c>listen[].connections</c>; null for <c>limits.connections</c>.</summary>
    public int? Connections { get; init; }
}

/// <summary>Where on the mail's way a listener is asked.</summary>
internal enum ListenerRole
{
    /// <summary>Where mail comes in, before it is queued.</summary>
    Ingress,

    /// <summary>Where mail leaves, behind the queue.</summary>
    Egress,
}

/// <summary>Where keys are kept.</summary>
/// <param name="Path">The SQLite file.</param>
internal sealed record StoreSettings(string Path)
{
    /// <summary>As the configuration writes it.</summary>
    public override string ToString() => $"sqlite:{Path}";
}

/// <summary>Where ciphertext waits for a message's end.</summary>
internal sealed record SpoolSettings
{
    /// <summary><c>spool.directory</c>: on every machine, writable by everybody, and on a disk, where /tmp may be memory.</summary>
    public string Directory { get; init; } = "/var/tmp";

    /// <summary><c>spool.message-memory</c></summary>
    public int MessageMemory { get; init; } = SpoolOptions.DefaultMemoryPerMessage;

    /// <summary><c>spool.memory</c></summary>
    public long Memory { get; init; } = 64 * 1024 * 1024;

    /// <summary><c>spool.disk</c></summary>
    public long Disk { get; init; } = 4L * 1024 * 1024 * 1024;
}

/// <summary>What is logged, and how.</summary>
internal sealed record LogSettings
{
    /// <summary><c>log.format</c></summary>
    public LogFormat Format { get; init; } = LogFormat.Text;

    /// <summary><c>log.level</c></summary>
    public LogLevel Level { get; init; } = LogLevel.Information;
}

/// <summary>How a line of the log looks.</summary>
internal enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}

/// <summary>Where metrics and health can be read.</summary>
/// <param name="Address"><c>http.address</c></param>
internal sealed record HttpSettings(IPEndPoint Address);

/// <summary>What MTAs may ask of us.</summary>
internal sealed record LimitSettings
{
    /// <summary><c>limits.connections</c></summary>
    public int Connections { get; init; } = 1000;

    /// <summary><c>limits.recipients</c></summary>
    public int Recipients { get; init; } = 10_000;

    /// <summary><c>limits.header</c></summary>
    public int Header { get; init; } = 1024 * 1024;
}

/// <summary>How long things may take.</summary>
internal sealed record TimeoutSettings
{
    /// <summary><c>timeouts.verdict</c></summary>
    public TimeSpan Verdict { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary><c>timeouts.idle</c></summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromHours(3);

    /// <summary><c>timeouts.stop</c></summary>
    public TimeSpan Stop { get; init; } = TimeSpan.FromSeconds(20);
}
