using MilterCrypt.Engine.Injection;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Configuration;

/// <summary>Where messages that are split are handed back to the mail server.</summary>
/// <param name="Target"><c>reinject</c> or <c>reinject.address</c></param>
internal sealed record ReinjectSettings(InjectionTarget Target)
{
    /// <summary><c>reinject.daemon-name</c>; null where the mail server's listener has none.</summary>
    public string? DaemonName { get; init; }

    /// <summary><c>reinject.connections</c></summary>
    public int Connections { get; init; } = 20;

    /// <summary><c>reinject.bcc-copies</c></summary>
    public int BccCopies { get; init; } = 10;
}

/// <summary>Where it is written down what of a split message was handed over, and for how long.</summary>
internal sealed record JournalSettings
{
    /// <summary><c>journal</c>; null where nothing is: it is kept in memory then.</summary>
    public string? Path { get; init; }

    /// <summary><c>journal-keep</c>: longer than mail servers keep trying, which is five days as a rule.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(6);
}

/// <summary>An address behind which there are others: an entry of <c>aliases</c>.</summary>
/// <param name="Address"><c>aliases[].address</c></param>
/// <param name="KeysOf"><c>aliases[].keys-of</c></param>
/// <param name="Readdress"><c>aliases[].readdress</c></param>
internal sealed record AliasSettings(MailAddress Address, IReadOnlyList<MailAddress> KeysOf, bool Readdress);
