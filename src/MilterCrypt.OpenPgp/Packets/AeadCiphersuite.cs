namespace MilterCrypt.OpenPgp.Packets;

/// <summary>A cipher with an AEAD mode (RFC 9580 §5.2.3.15).</summary>
public readonly record struct AeadCiphersuite(SymmetricAlgorithm Cipher, AeadAlgorithm Mode);
