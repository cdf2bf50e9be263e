using System.Security.Cryptography;

namespace MilterCrypt.OpenPgp.Ciphers;

/// <summary>AES in CFB mode: what whole blocks leave over, octet by octet. How blocks are encrypted is the derived class's.</summary>
internal abstract class AesCfbEncryptor : ICfbEncryptor
{
    protected const int BlockLength = 16;

    // What the next octets are XORed with; pinned, because it is plaintext to whoever has the ciphertext.
    private readonly byte[] mask = GC.AllocateArray<byte>(BlockLength, pinned: true);
    private int position;

    /// <summary>The last block of ciphertext.</summary>
    protected byte[] Feedback { get; } = new byte[BlockLength];

    public void Encrypt(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        destination = destination[..source.Length];
        if (position > 0)
            EncryptWithin(ref source, ref destination);
        int whole = source.Length / BlockLength * BlockLength;
        if (whole > 0)
        {
            EncryptBlocks(source[..whole], destination[..whole]);
            source = source[whole..];
            destination = destination[whole..];
        }

        if (!source.IsEmpty)
        {
            EncryptFeedback(mask);
            EncryptWithin(ref source, ref destination);
        }
    }

    public virtual void Dispose() => CryptographicOperations.ZeroMemory(mask);

    /// <summary>Encrypts whole blocks, one at least, and leaves the last one in <see cref="Feedback"/>.</summary>
    protected abstract void EncryptBlocks(ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>Encrypts <see cref="Feedback"/> alone.</summary>
    protected abstract void EncryptFeedback(Span<byte> destination);

    /// <summary>Encrypts to the end of a block, or of the data.</summary>
    private void EncryptWithin(ref ReadOnlySpan<byte> source, ref Span<byte> destination)
    {
        int length = Math.Min(BlockLength - position, source.Length);
        for (int i = 0; i < length; i++)
            Feedback[position + i] = destination[i] = (byte)(source[i] ^ mask[position + i]);
        position = (position + length) % BlockLength;
        source = source[length..];
        destination = destination[length..];
    }
}
