using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.Native.Memory;
using MilterCrypt.OpenPgp.Ciphers;

namespace MilterCrypt.OpenPgp.Messages.Reading;

/// <summary>Decrypts the body of a version 1 encrypted data packet (RFC 9580 §5.13.1). What it passes on is unproven until
/// the modification detection code, which comes last, was right. The two octets that are repeated at the front would say
/// earlier whether the key is wrong, and would say it to an attacker too (§13.4): they are not looked at.</summary>
internal sealed class EncryptedDataV1Reader : IEncryptedDataReader
{
    private const int BufferLength = 64 * 1024;

    // A packet's two octets and a SHA-1.
    private const int MdcHeaderLength = 2;
    private const int MdcLength = MdcHeaderLength + SHA1.HashSizeInBytes;

    private readonly ICfbDecryptor cipher;
    private readonly IOctetSink next;
    private readonly IncrementalHash sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
    private readonly IMemoryOwner<byte> buffer;

    // At the front of the buffer decrypted octets that may be the code; behind them ciphertext, until it is worth the while.
    private int held;
    private int filled;
    private int prefixLeft;

    /// <param name="cipher">Owned by the reader from here on.</param>
    /// <param name="blockLength">The cipher's, in octets.</param>
    /// <param name="next">Receives the packets inside.</param>
    /// <param name="buffers">Where a buffer for plaintext comes from.</param>
    internal EncryptedDataV1Reader(ICfbDecryptor cipher, int blockLength, IOctetSink next, ClearedBufferPool buffers)
    {
        this.cipher = cipher;
        this.next = next;
        buffer = buffers.Rent(BufferLength);
        prefixLeft = blockLength + 2;
    }

    public void Write(ReadOnlySpan<byte> data)
    {
        var memory = buffer.Memory.Span[..BufferLength];
        while (!data.IsEmpty)
        {
            int taken = Math.Min(memory.Length - filled, data.Length);
            data[..taken].CopyTo(memory[filled..]);
            data = data[taken..];
            filled += taken;
            if (filled == memory.Length)
                Decrypt(memory);
        }
    }

    public bool Complete()
    {
        Decrypt(buffer.Memory.Span[..BufferLength]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        var code = buffer.Memory.Span[..MdcLength];
        sha1.AppendData(code[..MdcHeaderLength]);
        sha1.GetHashAndReset(hash);
        return held == MdcLength && prefixLeft == 0
            & code[0] == 0xD3 & code[1] == SHA1.HashSizeInBytes
            & CryptographicOperations.FixedTimeEquals(hash, code[MdcHeaderLength..]);
    }

    public void Dispose()
    {
        cipher.Dispose();
        sha1.Dispose();
        buffer.Dispose();
    }

    private void Decrypt(Span<byte> memory)
    {
        cipher.Decrypt(memory[held..filled]);
        held = filled;
        if (held > MdcLength)
            Release(memory);
        filled = held;
    }

    private void Release(Span<byte> memory)
    {
        var released = memory[..(held - MdcLength)];
        sha1.AppendData(released);
        int prefix = Math.Min(prefixLeft, released.Length);
        prefixLeft -= prefix;
        if (released.Length > prefix)
            next.Write(released[prefix..]);
        memory.Slice(released.Length, MdcLength).CopyTo(memory);
        held = MdcLength;
    }
}
