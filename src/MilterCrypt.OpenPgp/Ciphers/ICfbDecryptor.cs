namespace MilterCrypt.OpenPgp.Ciphers;

/// <summary>A cipher in CFB mode with a zero initial value (RFC 9580 §12.9). Disposal clears the key.</summary>
internal interface ICfbDecryptor : IDisposable
{
    /// <summary>Decrypts in place, going on where the last call ended.</summary>
    /// <param name="data">Of any length.</param>
    void Decrypt(Span<byte> data);
}
