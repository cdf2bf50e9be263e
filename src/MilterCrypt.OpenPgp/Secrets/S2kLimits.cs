namespace MilterCrypt.OpenPgp.Secrets;

/// <summary>What turning a passphrase into a key may cost. Whoever protected a key or a message chose that cost, and may
/// have chosen it to hurt.</summary>
public sealed record S2kLimits
{
    /// <summary>What is right without a reason to differ: all that RFC 9580 §3.7.1.3 can express, and twice what RFC 9106
    /// §4 recommends first.</summary>
    public static S2kLimits Default { get; } = new();

    /// <summary>Octets that an iterated hash may take in, for each hash that the key is made of.</summary>
    public int MaxIteratedOctets { get; init; } = 65_011_712;

    /// <summary>Memory of Argon2, in KiB.</summary>
    public int MaxArgon2Memory { get; init; } = 2 * 1024 * 1024;

    /// <summary>Argon2's passes times its memory in KiB.</summary>
    public long MaxArgon2Work { get; init; } = 4L * 1024 * 1024;
}
