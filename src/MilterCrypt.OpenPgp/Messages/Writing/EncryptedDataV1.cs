using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Ciphers;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.OpenPgp.Messages.Writing;

/// <summary>The body of a version 1 encrypted data packet (RFC 9580 §5.13.1): random prefix, plaintext and the SHA-1 of
/// both, all in CFB. Encrypts in the buffer that it fills.</summary>
internal sealed class EncryptedDataV1 : IOctetSink, IDisposable
{
    private const int BlockLength = 16;
    private const int PrefixLength = BlockLength + 2;

    private readonly IOctetSink next;
    private readonly Memory<byte> buffer;
    private readonly IncrementalHash sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
    private readonly ICfbEncryptor cipher;
    private int filled;

    /// <param name="next">The packet's body.</param>
    /// <param name="session">The key.</param>
    /// <param name="random">Makes the prefix.</param>
    /// <param name="buffer">A multiple of 16 octets, whose owner clears it.</param>
    internal EncryptedDataV1(IOctetSink next, SessionKey session, RandomNumberGenerator random, Memory<byte> buffer)
    {
        this.next = next;
        this.buffer = buffer;
        Span<byte> prefix = buffer.Span[..PrefixLength];
        random.GetBytes(prefix[..BlockLength]);
        prefix[(BlockLength - 2)..BlockLength].CopyTo(prefix[BlockLength..]);
        filled = PrefixLength;
        cipher = CfbEncryptor.Create(session.Cipher, session.Octets)
            ?? throw new CryptographicException($"This system has no {session.Cipher}.");
        next.Write([1]);
    }

    public void Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (filled == buffer.Length)
            {
                sha1.AppendData(buffer.Span);
                EncryptFilled();
            }

            data = Fill(data);
        }
    }

    public void Complete()
    {
        // RFC 9580 §5.13.1: the header of the modification detection code is hashed with the rest, its body is the hash.
        Write([0xD3, SHA1.HashSizeInBytes]);
        sha1.AppendData(buffer.Span[..filled]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        sha1.GetHashAndReset(hash);

        ReadOnlySpan<byte> rest = Fill(hash);
        EncryptFilled();
        if (!rest.IsEmpty)
        {
            _ = Fill(rest);
            EncryptFilled();
        }

        next.Complete();
    }

    public void Dispose()
    {
        cipher.Dispose();
        sha1.Dispose();
    }

    private ReadOnlySpan<byte> Fill(ReadOnlySpan<byte> data)
    {
        int taken = Math.Min(buffer.Length - filled, data.Length);
        data[..taken].CopyTo(buffer.Span[filled..]);
        filled += taken;
        return data[taken..];
    }

    /// <summary>Encrypts and passes on what is there. Only the last call may end within a block; what the padding
    /// becomes is left behind.</summary>
    private void EncryptFilled()
    {
        int blocks = (filled + BlockLength - 1) / BlockLength;
        cipher.Encrypt(buffer.Span[..(blocks * BlockLength)]);
        next.Write(buffer.Span[..filled]);
        filled = 0;
    }
}
