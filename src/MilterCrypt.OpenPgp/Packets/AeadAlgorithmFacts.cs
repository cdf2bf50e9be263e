namespace MilterCrypt.OpenPgp.Packets;

/// <summary>What the AEAD modes' numbers stand for (RFC 9580 §9.6).</summary>
internal static class AeadAlgorithmFacts
{
    /// <summary>Octets of a nonce; 0 for a number that is unknown.</summary>
    internal static int NonceLength(this AeadAlgorithm mode) => mode switch
    {
        AeadAlgorithm.Eax => 16,
        AeadAlgorithm.Ocb => 15,
        AeadAlgorithm.Gcm => 12,
        _ => 0,
    };
}
