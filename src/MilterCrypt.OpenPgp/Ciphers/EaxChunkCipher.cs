using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MilterCrypt.OpenPgp.Ciphers;

/// <summary>AES-EAX (Bellare, Rogaway, Wagner: The EAX mode of operation, 2004): counter mode under three OMACs, of the
/// nonce, the associated data and the ciphertext. Two passes in bulk calls; only read, for those who wrote it.</summary>
internal sealed class EaxChunkCipher : IChunkCipher
{
    private const int BlockLength = 16;
    private const int LargestPiece = 1 << 14;

    private readonly Aes aes = Aes.Create();

    // What OMAC XORs into a last block that is whole, and into one that is padded (NIST SP 800-38B §6.1).
    private readonly byte[] subkeys = GC.AllocateArray<byte>(2 * BlockLength, pinned: true);

    internal EaxChunkCipher(ReadOnlySpan<byte> key)
    {
        aes.SetKey(key);
        Span<byte> whole = subkeys.AsSpan(0, BlockLength), padded = subkeys.AsSpan(BlockLength);
        aes.EncryptEcb(whole, whole, PaddingMode.None);
        Double(whole, whole);
        Double(whole, padded);
    }

    public int NonceLength => BlockLength;

    public void Encrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext,
        Span<byte> ciphertext, Span<byte> tag)
    {
        Span<byte> counter = stackalloc byte[BlockLength];
        CheckLengths(nonce, tag, plaintext, ciphertext);
        plaintext.CopyTo(ciphertext);
        Authenticate(Part.Nonce, nonce, counter);
        Count(counter, ciphertext);
        Tag(counter, associatedData, ciphertext, tag);
    }

    public bool TryDecrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag,
        Span<byte> plaintext)
    {
        Span<byte> counter = stackalloc byte[BlockLength], expected = stackalloc byte[BlockLength];
        CheckLengths(nonce, tag, ciphertext, plaintext);
        Authenticate(Part.Nonce, nonce, counter);
        Tag(counter, associatedData, ciphertext, expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, tag))
        {
            CryptographicOperations.ZeroMemory(plaintext);
            return false;
        }

        ciphertext.CopyTo(plaintext);
        Count(counter, plaintext);
        return true;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(subkeys);
        aes.Dispose();
    }

    private enum Part : byte
    {
        Nonce,
        AssociatedData,
        Ciphertext,
    }

    private static void CheckLengths(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> input, Span<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, BlockLength, nameof(nonce));
        ArgumentOutOfRangeException.ThrowIfNotEqual(tag.Length, ChunkCipher.TagLength, nameof(tag));
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, input.Length, nameof(output));
    }

    // Multiplies by x in GF(2^128), in the same time for all values.
    private static void Double(ReadOnlySpan<byte> value, Span<byte> doubled)
    {
        UInt128 number = BinaryPrimitives.ReadUInt128BigEndian(value);
        BinaryPrimitives.WriteUInt128BigEndian(doubled, (number << 1) ^ ((number >> 127) * 0x87));
    }

    private void Tag(ReadOnlySpan<byte> nonceMac, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> tag)
    {
        Span<byte> mac = stackalloc byte[BlockLength];
        Authenticate(Part.Ciphertext, ciphertext, tag);
        Authenticate(Part.AssociatedData, associatedData, mac);
        Octets.Xor(tag, mac);
        Octets.Xor(tag, nonceMac);
    }

    /// <summary>OMAC of a block with the part's number, and the data.</summary>
    private void Authenticate(Part part, ReadOnlySpan<byte> data, Span<byte> mac)
    {
        Span<byte> last = stackalloc byte[BlockLength];
        mac.Clear();
        last[^1] = (byte)part;
        bool isWhole = true;
        if (!data.IsEmpty)
        {
            aes.EncryptEcb(last, mac, PaddingMode.None);
            int ahead = (data.Length - 1) / BlockLength * BlockLength;
            Chain(mac, data[..ahead]);
            data = data[ahead..];
            isWhole = data.Length == BlockLength;
            last.Clear();
            data.CopyTo(last);
            if (!isWhole)
                last[data.Length] = 0x80;
        }

        Octets.Xor(last, subkeys.AsSpan(isWhole ? 0 : BlockLength));
        Octets.Xor(mac, last);
        aes.EncryptEcb(mac, mac, PaddingMode.None);
    }

    // CBC, of which only the last block counts.
    private void Chain(Span<byte> mac, ReadOnlySpan<byte> blocks)
    {
        Span<byte> output = stackalloc byte[Math.Min(blocks.Length, LargestPiece)];
        while (!blocks.IsEmpty)
        {
            int length = Math.Min(blocks.Length, output.Length);
            aes.EncryptCbc(blocks[..length], mac, output, PaddingMode.None);
            output[(length - BlockLength)..length].CopyTo(mac);
            blocks = blocks[length..];
        }
    }

    /// <summary>XORs the encryptions of a counter, of its successor and so on into the data.</summary>
    private void Count(ReadOnlySpan<byte> first, Span<byte> data)
    {
        UInt128 counter = BinaryPrimitives.ReadUInt128BigEndian(first);
        Span<byte> masks = stackalloc byte[Math.Min((data.Length + BlockLength - 1) / BlockLength * BlockLength, LargestPiece)];
        while (!data.IsEmpty)
        {
            Span<byte> piece = data[..Math.Min(data.Length, masks.Length)];
            for (int i = 0; i < piece.Length; i += BlockLength)
                BinaryPrimitives.WriteUInt128BigEndian(masks[i..], counter++);

            int whole = (piece.Length + BlockLength - 1) / BlockLength * BlockLength;
            aes.EncryptEcb(masks[..whole], masks[..whole], PaddingMode.None);
            Octets.Xor(piece, masks);
            data = data[piece.Length..];
        }

        CryptographicOperations.ZeroMemory(masks);
    }
}
