using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>What one entry of the configuration says about mail; what it leaves open (null) is said by the next more general
/// entry, in the end by <see cref="PolicyDecision"/>'s defaults.</summary>
public sealed record PolicyChoices
{
    /// <summary>An entry that says nothing.</summary>
    public static PolicyChoices None { get; } = new();

    /// <summary><c>encrypt:</c></summary>
    public EncryptMode? Encrypt { get; init; }

    /// <summary><c>without-key:</c></summary>
    public WithoutKey? WithoutKey { get; init; }

    /// <summary><c>reports-without-key:</c></summary>
    public ReportsWithoutKey? ReportsWithoutKey { get; init; }

    /// <summary><c>sign:</c></summary>
    public SignMode? Sign { get; init; }

    /// <summary><c>decrypt:</c></summary>
    public DecryptMode? Decrypt { get; init; }

    /// <summary><c>mixed:</c></summary>
    public MixedMode? Mixed { get; init; }

    /// <summary><c>bcc:</c></summary>
    public BccMode? Bcc { get; init; }

    /// <summary><c>escrow:</c></summary>
    public IReadOnlyList<MailAddress>? Escrow { get; init; }

    /// <summary><c>minimum-trust:</c></summary>
    public KeyTrust? MinimumTrust { get; init; }

    /// <summary><c>form:</c></summary>
    public FormMode? Form { get; init; }

    /// <summary><c>mode:</c></summary>
    public EnforcementMode? Mode { get; init; }

    /// <summary>What is said, by its key in the configuration.</summary>
    public IEnumerable<string> Keys =>
        from choice in (IEnumerable<(string Key, object? Value)>)
        [
            ("encrypt", Encrypt), ("without-key", WithoutKey), ("reports-without-key", ReportsWithoutKey), ("sign", Sign),
            ("decrypt", Decrypt), ("minimum-trust", MinimumTrust), ("form", Form), ("mixed", Mixed), ("bcc", Bcc), ("escrow", Escrow), ("mode", Mode),
        ]
        where choice.Value is not null
        select choice.Key;

    /// <summary>These choices, and those of a more general entry where these are silent.</summary>
    public PolicyChoices Or(PolicyChoices general) => new()
    {
        Encrypt = Encrypt ?? general.Encrypt,
        WithoutKey = WithoutKey ?? general.WithoutKey,
        ReportsWithoutKey = ReportsWithoutKey ?? general.ReportsWithoutKey,
        Sign = Sign ?? general.Sign,
        Decrypt = Decrypt ?? general.Decrypt,
        Mixed = Mixed ?? general.Mixed,
        Bcc = Bcc ?? general.Bcc,
        Escrow = Escrow ?? general.Escrow,
        MinimumTrust = MinimumTrust ?? general.MinimumTrust,
        Form = Form ?? general.Form,
        Mode = Mode ?? general.Mode,
    };
}
