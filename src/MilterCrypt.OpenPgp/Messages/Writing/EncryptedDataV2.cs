using System.Buffers.Binary;
using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.OpenPgp.Messages.Writing;

/// <summary>The body of a version 2 encrypted data packet (RFC 9580 §5.13.2): chunks of 64 KiB, each with its OCB tag,
/// and a last tag over their number of octets. Plaintext is encrypted on its way into the buffer.</summary>
internal sealed class EncryptedDataV2 : IOctetSink, IDisposable
{
    /// <summary>Octets of a chunk: 2^(6+10), RFC 9580 §5.13.2.</summary>
    internal const int ChunkLength = 1 << (6 + ChunkSizeOctet);

    private const byte ChunkSizeOctet = 10;
    private const int SaltLength = 32;
    private const int HeaderLength = 5;
    private const int IndexLength = 8;

    private readonly IOctetSink next;
    private readonly Memory<byte> buffer;
    private readonly AesOcb cipher;
    private readonly byte[] nonce = new byte[AesOcb.NonceLength];

    // The packet's tag and parameters, which each chunk authenticates; the last tag also the count of octets.
    private readonly byte[] associatedData = new byte[HeaderLength + sizeof(ulong)];

    // Of the chunk: octets of plaintext, and of ciphertext, which lags behind by less than a block.
    private int taken;
    private int written;
    private ulong chunks;
    private ulong total;

    /// <param name="next">The packet's body.</param>
    /// <param name="session">The key.</param>
    /// <param name="random">Makes the salt.</param>
    /// <param name="buffer"><see cref="ChunkLength"/> octets.</param>
    internal EncryptedDataV2(IOctetSink next, SessionKey session, RandomNumberGenerator random, Memory<byte> buffer)
    {
        this.next = next;
        this.buffer = buffer[..ChunkLength];
        var header = associatedData.AsSpan(0, HeaderLength);
        header[0] = PacketWriter.TagOctet(PacketTag.SymmetricallyEncryptedIntegrityProtectedData);
        header[1] = 2;
        header[2] = (byte)session.Cipher;
        header[3] = (byte)AeadAlgorithm.Ocb;
        header[4] = ChunkSizeOctet;

        Span<byte> salt = stackalloc byte[SaltLength];
        random.GetBytes(salt);
        Span<byte> derived = stackalloc byte[session.Octets.Length + AesOcb.NonceLength - IndexLength];
        try
        {
            // The message's key is the first part, the nonce's fixed octets the rest.
            HKDF.DeriveKey(HashAlgorithmName.SHA256, session.Octets, derived, salt, header);
            cipher = AesOcb.ForEncryption(derived[..session.Octets.Length]);
            derived[session.Octets.Length..].CopyTo(nonce);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }

        next.Write(header[1..]);
        next.Write(salt);
    }

    public void Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (taken == ChunkLength)
                EndChunk();
            if (taken == 0)
                cipher.BeginChunk(Nonce(), associatedData.AsSpan(0, HeaderLength));

            int length = Math.Min(ChunkLength - taken, data.Length);
            written += cipher.EncryptPart(data[..length], buffer.Span[written..]);
            taken += length;
            data = data[length..];
        }
    }

    public void Complete()
    {
        // Plaintext begins with a packet header, so there is always a chunk.
        EndChunk();
        BinaryPrimitives.WriteUInt64BigEndian(associatedData.AsSpan(HeaderLength), total);
        Span<byte> tag = stackalloc byte[AesOcb.TagLength];
        cipher.Encrypt(Nonce(), associatedData, [], [], tag);
        next.Write(tag);
        next.Complete();
    }

    public void Dispose() => cipher.Dispose();

    private void EndChunk()
    {
        Span<byte> tag = stackalloc byte[AesOcb.TagLength];
        written += cipher.FinishChunk(buffer.Span[written..], tag);
        next.Write(buffer.Span[..written]);
        next.Write(tag);
        total += (ulong)taken;
        chunks++;
        taken = written = 0;
    }

    private byte[] Nonce()
    {
        BinaryPrimitives.WriteUInt64BigEndian(nonce.AsSpan(AesOcb.NonceLength - IndexLength), chunks);
        return nonce;
    }
}
