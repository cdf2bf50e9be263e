namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>What a certificate may have at most. Far above any in honest use, low enough that judging the worst one
/// takes about a second. Certifications by others are dropped on reading and not counted. Nor is what somebody else
/// appended under the key's name: where a limit is reached, claimed signatures are verified, and bad ones make room.</summary>
public sealed record CertificateLimits
{
    /// <summary>What is right without a reason to differ.</summary>
    public static CertificateLimits Default { get; } = new();

    /// <summary>Octets of what is kept.</summary>
    public int MaxLength { get; init; } = 1024 * 1024;

    /// <summary>Signatures that claim to be the key's own, without revocations.</summary>
    public int MaxSignatures { get; init; } = 500;

    /// <summary>Revocations that claim to be the key's own. They are counted apart, so that whatever was appended to a
    /// certificate, a genuine revocation is still read.</summary>
    public int MaxRevocations { get; init; } = 200;

    /// <summary>How many claimed signatures, and how many claimed revocations, are verified to make room. Of a larger
    /// flood the signatures that come last are left out; with more claimed revocations the certificate is refused.</summary>
    public int MaxChecks { get; init; } = 2000;

    /// <summary>User IDs.</summary>
    public int MaxUserIds { get; init; } = 200;

    /// <summary>Subkeys.</summary>
    public int MaxSubkeys { get; init; } = 100;
}
