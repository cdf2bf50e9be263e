using System.Buffers.Binary;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Ciphers;

namespace MilterCrypt.OpenPgp.Messages.Reading;

/// <summary>Decrypts authenticated chunks: version 2 of the encrypted data packet (RFC 9580 §5.13.2), and GnuPG's packet 20.
/// A chunk is passed on once its own tag was right, else zeros; that none is missing at the end, the last tag says.</summary>
internal sealed class ChunkedDataReader : IEncryptedDataReader
{
    private const int TagLength = ChunkCipher.TagLength;
    private const int IndexLength = sizeof(ulong);
    private const int FirstBufferLength = 64 * 1024 + (2 * TagLength);

    private readonly IChunkCipher cipher;
    private readonly IOctetSink next;
    private readonly bool authenticatesIndex;
    private readonly int chunkLength;
    private readonly int headerLength;
    private readonly byte[] associatedData;
    private readonly byte[] firstNonce;
    private byte[] buffer;
    private int filled;
    private ulong chunks;
    private ulong total;
    private bool isForged;

    /// <param name="cipher">Owned by the reader from here on.</param>
    /// <param name="next">Receives the packets inside.</param>
    /// <param name="header">The packet's first octet and its parameters, which each chunk authenticates.</param>
    /// <param name="firstNonce">The nonce of the first chunk; the others differ by their number.</param>
    /// <param name="chunkLength">In octets.</param>
    /// <param name="authenticatesIndex">Whether a chunk authenticates its number beside the nonce, as packet 20 has it.</param>
    internal ChunkedDataReader(
        IChunkCipher cipher, IOctetSink next, ReadOnlySpan<byte> header, ReadOnlySpan<byte> firstNonce, int chunkLength, bool authenticatesIndex)
    {
        this.cipher = cipher;
        this.next = next;
        this.authenticatesIndex = authenticatesIndex;
        this.chunkLength = chunkLength;
        this.firstNonce = firstNonce.ToArray();
        headerLength = header.Length;
        associatedData = new byte[headerLength + (2 * IndexLength)];
        header.CopyTo(associatedData);
        buffer = NewBuffer(Math.Min(FirstBufferLength, FullLength));
    }

    // A chunk with its tag leaves once another tag follows: the last one, at least.
    private int FullLength => chunkLength + (2 * TagLength);

    public void Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (filled == FullLength)
                ReleaseChunk(chunkLength);
            if (filled == buffer.Length)
                Grow();

            int taken = Math.Min(buffer.Length - filled, data.Length);
            data[..taken].CopyTo(buffer.AsSpan(filled));
            filled += taken;
            data = data[taken..];
        }
    }

    public bool Complete()
    {
        if (filled > TagLength)
            ReleaseChunk(filled - (2 * TagLength));
        if (filled != TagLength)
            return false;

        int length = WriteIndex();
        BinaryPrimitives.WriteUInt64BigEndian(associatedData.AsSpan(length), total);
        return !isForged & cipher.TryDecrypt(Nonce(), associatedData.AsSpan(0, length + sizeof(ulong)), [], buffer.AsSpan(0, TagLength), []);
    }

    public void Dispose()
    {
        cipher.Dispose();
        CryptographicOperations.ZeroMemory(buffer);
    }

    private static byte[] NewBuffer(int length) => GC.AllocateUninitializedArray<byte>(length, pinned: true);

    // Who names large chunks and sends little gets little memory.
    private void Grow()
    {
        byte[] larger = NewBuffer((int)Math.Min(2L * buffer.Length, FullLength));
        buffer.AsSpan(0, filled).CopyTo(larger);
        CryptographicOperations.ZeroMemory(buffer);
        buffer = larger;
    }

    private void ReleaseChunk(int length)
    {
        if (length < 0)
        {
            isForged = true;
            return;
        }

        // After a forgery the rest is decrypted all the same, and zeros are passed on for chunks that are not genuine: where it
        // was must not show in the time that it takes.
        var chunk = buffer.AsSpan(0, length);
        isForged |= !cipher.TryDecrypt(Nonce(), associatedData.AsSpan(0, WriteIndex()), chunk, buffer.AsSpan(length, TagLength), chunk);
        next.Write(chunk);
        chunks++;
        total += (ulong)length;
        int rest = length + TagLength;
        buffer.AsSpan(rest, filled - rest).CopyTo(buffer);
        filled -= rest;
    }

    /// <summary>Writes the chunk's number behind the header, where it belongs there.</summary>
    /// <returns>How many octets are authenticated.</returns>
    private int WriteIndex()
    {
        if (!authenticatesIndex)
            return headerLength;
        BinaryPrimitives.WriteUInt64BigEndian(associatedData.AsSpan(headerLength), chunks);
        return headerLength + IndexLength;
    }

    private byte[] Nonce()
    {
        byte[] nonce = [.. firstNonce];
        var index = nonce.AsSpan(nonce.Length - IndexLength);
        BinaryPrimitives.WriteUInt64BigEndian(index, BinaryPrimitives.ReadUInt64BigEndian(index) ^ chunks);
        return nonce;
    }
}
