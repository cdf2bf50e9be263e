using System.Security.Cryptography;

namespace MilterCrypt.OpenPgp.Ciphers;

/// <summary>AES in CFB mode, backwards. Each block is XORed with the encryption of the ciphertext block before it, and when
/// decrypting those are all there: they are encrypted in bulk, several times as fast as CFB one block after another.</summary>
internal sealed class AesCfbDecryptor : ICfbDecryptor
{
    private const int BlockLength = 16;

    // On the stack, and little enough to stay in the processor's first cache beside the data.
    private const int LargestPiece = 1 << 14;

    private readonly Aes aes = Aes.Create();

    // The last block of ciphertext and its encryption, pinned because the latter is plaintext to whoever has the ciphertext.
    private readonly byte[] feedback = new byte[BlockLength];
    private readonly byte[] mask = GC.AllocateArray<byte>(BlockLength, pinned: true);
    private int position;

    internal AesCfbDecryptor(ReadOnlySpan<byte> key) => aes.SetKey(key);

    public void Decrypt(Span<byte> data)
    {
        if (position > 0)
            data = DecryptWithin(data);
        if (data.Length >= BlockLength)
            data = DecryptBlocks(data);
        if (!data.IsEmpty)
        {
            aes.EncryptEcb(feedback, mask, PaddingMode.None);
            DecryptWithin(data);
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(mask);
        aes.Dispose();
    }

    /// <summary>Decrypts to the end of a block or of the data, and returns what is left.</summary>
    private Span<byte> DecryptWithin(Span<byte> data)
    {
        int length = Math.Min(BlockLength - position, data.Length);
        Span<byte> part = data[..length];
        part.CopyTo(feedback.AsSpan(position));
        Octets.Xor(part, mask.AsSpan(position));
        position = (position + length) % BlockLength;
        return data[length..];
    }

    /// <summary>Decrypts the whole blocks, and returns what is left.</summary>
    private Span<byte> DecryptBlocks(Span<byte> data)
    {
        Span<byte> masks = stackalloc byte[Math.Min(data.Length / BlockLength * BlockLength, LargestPiece)];
        while (data.Length >= BlockLength)
        {
            Span<byte> blocks = data[..Math.Min(data.Length / BlockLength * BlockLength, masks.Length)];
            Span<byte> used = masks[..blocks.Length];
            feedback.CopyTo(used);
            blocks[..^BlockLength].CopyTo(used[BlockLength..]);
            blocks[^BlockLength..].CopyTo(feedback);
            aes.EncryptEcb(used, used, PaddingMode.None);
            Octets.Xor(blocks, used);
            data = data[blocks.Length..];
        }

        CryptographicOperations.ZeroMemory(masks);
        return data;
    }
}
