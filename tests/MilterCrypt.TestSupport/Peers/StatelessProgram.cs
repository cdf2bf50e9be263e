namespace MilterCrypt.TestSupport.Peers;

/// <summary>In what one program with the Stateless OpenPGP interface differs from another.</summary>
public sealed record StatelessProgram
{
    /// <summary>What it is called by.</summary>
    public required string Name { get; init; }

    /// <summary>The kinds of key that it makes, each with the profile that makes it; null where it has no profiles.</summary>
    public required IReadOnlyDictionary<KeyKind, string?> KeyProfiles { get; init; }

    /// <summary>The forms of message for which it has a profile, each with that.</summary>
    public IReadOnlyDictionary<MessageForm, string> MessageProfiles { get; init; } = new Dictionary<MessageForm, string>();

    /// <summary>Why it can't do something with a kind of key, beside what its age explains; null where it can.</summary>
    public Func<KeyUse, KeyKind, string?> WhyNot { get; init; } = static (_, _) => null;

    /// <summary>Whether it knows RFC 9580.</summary>
    public bool IsOfRfc9580 { get; init; } = true;

    /// <summary>Whether it has the commands inline-sign and inline-verify.</summary>
    public bool SignsInline { get; init; } = true;

    /// <summary>Where decrypt is to write which signatures were good.</summary>
    public string VerificationsOption { get; init; } = "verifications-out";

    /// <summary>sqop of Debian 12, and what came before it.</summary>
    public static StatelessProgram SqopBeforeRfc9580 { get; } = new()
    {
        Name = "sqop",
        KeyProfiles = new Dictionary<KeyKind, string?> { [KeyKind.Cv25519] = null },
        WhyNot = KeyKinds.NotInSequoia,
        IsOfRfc9580 = false,
    };

    /// <summary>gosop of Debian 12, and what came before it.</summary>
    public static StatelessProgram GosopBeforeRfc9580 { get; } = new()
    {
        Name = "gosop",
        KeyProfiles = new Dictionary<KeyKind, string?> { [KeyKind.Rsa] = null },
        IsOfRfc9580 = false,
        SignsInline = false,
        VerificationsOption = "verify-out",
    };

    /// <summary>Sequoia's, of today.</summary>
    public static StatelessProgram Sqop { get; } = new()
    {
        Name = "sqop",
        KeyProfiles = new Dictionary<KeyKind, string?>
        {
            [KeyKind.Rsa] = "rfc4880",
            [KeyKind.Cv25519] = "draft-koch-eddsa-for-openpgp-00",
            [KeyKind.V6Curve25519] = "rfc9580",
        },
        MessageProfiles = new Dictionary<MessageForm, string>
        {
            [MessageForm.Passphrase] = "rfc4880",
            [MessageForm.PassphraseSeipd2] = "rfc9580",
        },
        WhyNot = KeyKinds.NotInSequoia,
    };

    /// <summary>GopenPGP's, of today.</summary>
    public static StatelessProgram Gosop { get; } = new()
    {
        Name = "gosop",
        KeyProfiles = new Dictionary<KeyKind, string?>
        {
            [KeyKind.Rsa] = "compatibility",
            [KeyKind.Cv25519] = "default",
            [KeyKind.V6Curve25519] = "performance",
            [KeyKind.V6Curve448] = "security",
        },
        MessageProfiles = new Dictionary<MessageForm, string>
        {
            [MessageForm.Passphrase] = "default",
            [MessageForm.PassphraseArgon2] = "performance",
        },
        WhyNot = static (use, kind) => (use, kind) switch
        {
            (KeyUse.Encrypt, KeyKind.DsaElGamal) => "encrypts nothing to ElGamal keys",
            (KeyUse.Sign, KeyKind.DsaElGamal) => "signs with no DSA keys",
            _ => null,
        },
    };

    /// <summary>rPGP's.</summary>
    public static StatelessProgram Rsop { get; } = new()
    {
        Name = "rsop",
        KeyProfiles = new Dictionary<KeyKind, string?>
        {
            [KeyKind.Cv25519] = "draft-koch-eddsa-for-openpgp-00",
            [KeyKind.V6Curve25519] = "rfc9580",
            [KeyKind.V6Rsa] = "interop-testing-rfc9580-rsa",
            [KeyKind.V6NistP256] = "interop-testing-rfc9580-nistp",
        },
        MessageProfiles = new Dictionary<MessageForm, string>
        {
            [MessageForm.Passphrase] = "rfc4880",
            [MessageForm.PassphraseArgon2] = "rfc9580",
        },
        WhyNot = static (use, kind) => (use, kind) switch
        {
            (_, KeyKind.BrainpoolP256) => "has no brainpool curves",
            (KeyUse.Decrypt or KeyUse.Sign, KeyKind.DsaElGamal) => "reads no secret keys of DSA",
            (KeyUse.Encrypt, KeyKind.DsaElGamal) => "encrypts nothing to ElGamal keys",
            (_, KeyKind.V6Curve448) => "was built without Ed448 and X448",
            _ => null,
        },
    };
}
