namespace MilterCrypt.OpenPgp.Secrets;

/// <summary>Ways to lock a secret (RFC 9580 §3.7.2.1).</summary>
internal enum SecretKeyLock
{
    /// <summary>Usage 255, or the number of a cipher: CFB, and a sum of octets.</summary>
    CfbWithSum,

    /// <summary>Usage 254: CFB, and a SHA-1 hash.</summary>
    CfbWithSha1,

    /// <summary>Usage 253: AEAD, under a key that HKDF makes, with the public key authenticated.</summary>
    Aead,
}
