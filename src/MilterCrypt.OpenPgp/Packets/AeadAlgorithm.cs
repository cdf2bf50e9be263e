namespace MilterCrypt.OpenPgp.Packets;

/// <summary>AEAD modes by their wire numbers (RFC 9580 §9.6).</summary>
public enum AeadAlgorithm
{
    /// <summary>EAX, 16-octet nonce.</summary>
    Eax = 1,

    /// <summary>OCB, 15-octet nonce; the one every implementation has.</summary>
    Ocb = 2,

    /// <summary>GCM, 12-octet nonce.</summary>
    Gcm = 3,
}
