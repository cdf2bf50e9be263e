namespace MilterCrypt.OpenPgp.Ciphers;

/// <summary>A cipher in an AEAD mode (RFC 9580 §9.6) with one key for many chunks, in one direction. Owned by its maker, one
/// thread at a time; disposal clears the key.</summary>
internal interface IChunkCipher : IDisposable
{
    /// <summary>Octets of a nonce.</summary>
    int NonceLength { get; }

    /// <summary>Encrypts one chunk.</summary>
    /// <param name="nonce">Never the same twice under one key.</param>
    /// <param name="associatedData">What the tag covers beside the plaintext.</param>
    /// <param name="plaintext">The chunk.</param>
    /// <param name="ciphertext">Receives as many octets; may be the same memory as <paramref name="plaintext"/>.</param>
    /// <param name="tag">Receives <see cref="ChunkCipher.TagLength"/> octets.</param>
    void Encrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext,
        Span<byte> ciphertext, Span<byte> tag);

    /// <summary>Decrypts one chunk; false, with <paramref name="plaintext"/> cleared, where the tag is wrong.</summary>
    /// <param name="nonce">The chunk's.</param>
    /// <param name="associatedData">What the tag covers beside the plaintext.</param>
    /// <param name="ciphertext">The chunk.</param>
    /// <param name="tag">Its <see cref="ChunkCipher.TagLength"/> octets.</param>
    /// <param name="plaintext">Receives as many octets; may be the same memory as <paramref name="ciphertext"/>.</param>
    bool TryDecrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag,
        Span<byte> plaintext);
}
