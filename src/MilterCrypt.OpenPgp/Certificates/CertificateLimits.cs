namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>What a certificate may have at most. Far above any in honest use, low enough that judging the worst one
/// takes about a second. Certifications by others are dropped on reading and not counted.</summary>
public sealed record CertificateLimits
{
    /// <summary>What is right without a reason to differ.</summary>
    public static CertificateLimits Default { get; } = new();

    /// <summary>Octets of what is kept.</summary>
    public int MaxLength { get; init; } = 1024 * 1024;

    /// <summary>Signatures that claim to be the key's own.</summary>
    public int MaxSignatures { get; init; } = 500;

    /// <summary>User IDs.</summary>
    public int MaxUserIds { get; init; } = 200;

    /// <summary>Subkeys.</summary>
    public int MaxSubkeys { get; init; } = 100;
}
