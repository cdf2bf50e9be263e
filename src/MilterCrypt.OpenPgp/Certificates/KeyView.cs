using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>A primary key or subkey, judged at a time.</summary>
/// <param name="Key">The key.</param>
/// <param name="Usage">What its owner says it is for.</param>
/// <param name="IsUsageStated">Whether that was said, rather than guessed from the algorithm, as for keys older than
/// key flags.</param>
/// <param name="ExpiresAt">When it ends, or null for never.</param>
/// <param name="Problem">Why it can't be used for anything, such as "expired 2025-03-01", or null.</param>
public sealed record KeyView(PublicKey Key, KeyUsage Usage, bool IsUsageStated, DateTimeOffset? ExpiresAt, string? Problem)
{
    /// <summary>Whether its problem is a revocation: nothing that its owner says of it later helps.</summary>
    public bool IsRevoked { get; init; }

    /// <summary>The signatures that count and say what it is for: one of a subkey; one or two of a primary key, those that what
    /// the view says comes from. Empty where none counts.</summary>
    public IReadOnlyList<Signature> Statements { get; init; } = [];

    /// <summary>A subkey's own word that it belongs to the primary key, where it must have one and it counts.</summary>
    public Signature? BackSignature { get; init; }

    /// <summary>Whether it is meant to encrypt what is sent or stored.</summary>
    public bool IsForEncryption => (Usage & (KeyUsage.EncryptCommunications | KeyUsage.EncryptStorage)) != 0;

    /// <summary>Whether it is meant to sign data.</summary>
    public bool IsForSigning => (Usage & KeyUsage.Sign) != 0;
}
