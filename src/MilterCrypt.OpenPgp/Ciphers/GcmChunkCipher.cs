using System.Security.Cryptography;

namespace MilterCrypt.OpenPgp.Ciphers;

/// <summary>AES-GCM (NIST SP 800-38D) by .NET.</summary>
internal sealed class GcmChunkCipher(ReadOnlySpan<byte> key) : IChunkCipher
{
    private readonly AesGcm cipher = new(key, ChunkCipher.TagLength);

    public int NonceLength => 12;

    public void Encrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext,
        Span<byte> ciphertext, Span<byte> tag) => cipher.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);

    public bool TryDecrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag,
        Span<byte> plaintext)
    {
        try
        {
            cipher.Decrypt(nonce, ciphertext, tag, plaintext, associatedData);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            // .NET has cleared the plaintext.
            return false;
        }
    }

    public void Dispose() => cipher.Dispose();
}
