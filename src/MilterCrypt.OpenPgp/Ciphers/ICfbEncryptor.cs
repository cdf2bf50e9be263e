namespace MilterCrypt.OpenPgp.Ciphers;

/// <summary>A cipher in CFB mode with a zero initial value (RFC 9580 §12.9), whole blocks at a time. Disposal clears the key.</summary>
internal interface ICfbEncryptor : IDisposable
{
    /// <summary>Encrypts in place, going on where the last call ended.</summary>
    /// <param name="blocks">A multiple of 16 octets.</param>
    void Encrypt(Span<byte> blocks);
}
