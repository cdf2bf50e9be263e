using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>What a signature is to say.</summary>
internal sealed record SignatureStatements
{
    /// <summary>As many recipients as a version 4 signature has room for, with room to spare. A longer list is left out
    /// whole: half of one would tell the others that the message is not for them.</summary>
    public const int MaxIntendedRecipients = 500;

    /// <summary>What kind of signature it is to be.</summary>
    public required SignatureType Type { get; init; }

    /// <summary>When it is made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Which of the key's user IDs the signer speaks as, or null.</summary>
    public UserId? SignersUserId { get; init; }

    /// <summary>The primary keys of the certificates that the message is encrypted to.</summary>
    public IReadOnlyList<Fingerprint> IntendedRecipients { get; init; } = [];

    /// <summary>What else it says: of a key, of a user ID, of a revocation.</summary>
    public IReadOnlyList<Subpacket> Others { get; init; } = [];
}
