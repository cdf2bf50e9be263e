using MilterCrypt.Native.LibCrypto;

namespace MilterCrypt.OpenPgp.Ciphers;

/// <summary>AES-OCB (RFC 7253) by libcrypto.</summary>
internal sealed class OcbChunkCipher(AesOcb cipher) : IChunkCipher
{
    public int NonceLength => AesOcb.NonceLength;

    public void Encrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext,
        Span<byte> ciphertext, Span<byte> tag) => cipher.Encrypt(nonce, associatedData, plaintext, ciphertext, tag);

    public bool TryDecrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag,
        Span<byte> plaintext) => cipher.TryDecrypt(nonce, associatedData, ciphertext, tag, plaintext);

    public void Dispose() => cipher.Dispose();
}
