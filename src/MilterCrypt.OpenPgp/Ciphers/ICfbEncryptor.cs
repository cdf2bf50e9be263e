namespace MilterCrypt.OpenPgp.Ciphers;

/// <summary>A cipher in CFB mode with a zero initial value (RFC 9580 §12.9). Disposal clears the key.</summary>
internal interface ICfbEncryptor : IDisposable
{
    /// <summary>Encrypts, going on where the last call ended.</summary>
    /// <param name="source">Of any length.</param>
    /// <param name="destination">Receives as many octets; may be the same memory.</param>
    void Encrypt(ReadOnlySpan<byte> source, Span<byte> destination);
}
