using System.Buffers.Binary;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Ciphers;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.OpenPgp.Messages.Writing;

/// <summary>The body of a version 2 encrypted data packet (RFC 9580 §5.13.2): chunks of 64 KiB, each with its OCB tag,
/// and a last tag over their number of octets. Encrypts in the buffer that it fills.</summary>
internal sealed class EncryptedDataV2 : IOctetSink, IDisposable
{
    /// <summary>Octets of a chunk: 2^(6+10), RFC 9580 §5.13.2.</summary>
    internal const int ChunkLength = 1 << (6 + ChunkSizeOctet);

    private const byte ChunkSizeOctet = 10;
    private const int SaltLength = 32;
    private const int HeaderLength = 5;
    private const int NonceLength = 15; // RFC 9580 §9.6, OCB
    private const int IndexLength = 8;

    private readonly IOctetSink next;
    private readonly Memory<byte> buffer;
    private readonly IChunkCipher cipher;
    private readonly byte[] nonce = new byte[NonceLength];

    // The packet's tag and parameters, which each chunk authenticates; the last tag also the count of octets.
    private readonly byte[] associatedData = new byte[HeaderLength + sizeof(ulong)];
    private int filled;
    private ulong chunks;
    private ulong total;

    /// <param name="next">The packet's body.</param>
    /// <param name="session">The key.</param>
    /// <param name="random">Makes the salt.</param>
    /// <param name="buffer"><see cref="ChunkLength"/> octets, whose owner clears it.</param>
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
        Span<byte> derived = stackalloc byte[session.Octets.Length + NonceLength - IndexLength];
        try
        {
            // The message's key is the first part, the nonce's fixed octets the rest.
            HKDF.DeriveKey(HashAlgorithmName.SHA256, session.Octets, derived, salt, header);
            cipher = ChunkCipher.ForEncryption(AeadAlgorithm.Ocb, session.Cipher, derived[..session.Octets.Length])
                ?? throw new CryptographicException($"This system has no {session.Cipher} in OCB mode.");
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
            if (filled == ChunkLength)
                EncryptChunk();

            int taken = Math.Min(ChunkLength - filled, data.Length);
            data[..taken].CopyTo(buffer.Span[filled..]);
            filled += taken;
            data = data[taken..];
        }
    }

    public void Complete()
    {
        // Plaintext begins with a packet header, so there is always a chunk.
        EncryptChunk();
        BinaryPrimitives.WriteUInt64BigEndian(associatedData.AsSpan(HeaderLength), total);
        Encrypt([], associatedData);
        next.Complete();
    }

    public void Dispose() => cipher.Dispose();

    private void EncryptChunk()
    {
        Encrypt(buffer.Span[..filled], associatedData.AsSpan(0, HeaderLength));
        total += (ulong)filled;
        chunks++;
        filled = 0;
    }

    private void Encrypt(Span<byte> chunk, ReadOnlySpan<byte> authenticated)
    {
        BinaryPrimitives.WriteUInt64BigEndian(nonce.AsSpan(NonceLength - IndexLength), chunks);
        Span<byte> tag = stackalloc byte[ChunkCipher.TagLength];
        cipher.Encrypt(nonce, authenticated, chunk, chunk, tag);
        next.Write(chunk);
        next.Write(tag);
    }
}
