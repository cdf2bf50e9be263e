using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Ciphers;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.OpenPgp.Messages.Writing;

/// <summary>The body of a version 1 encrypted data packet (RFC 9580 §5.13.1): random prefix, plaintext and the SHA-1 of
/// both, all in CFB. Plaintext is encrypted on its way into the buffer.</summary>
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
    /// <param name="buffer">As many octets as are to leave at once.</param>
    internal EncryptedDataV1(IOctetSink next, SessionKey session, RandomNumberGenerator random, Memory<byte> buffer)
    {
        this.next = next;
        this.buffer = buffer;

        // What may fail comes before there is a key in the cipher that nobody would clear.
        Span<byte> prefix = stackalloc byte[PrefixLength];
        random.GetBytes(prefix[..BlockLength]);
        cipher = CfbEncryptor.Create(session.Cipher, session.Octets)
            ?? throw new CryptographicException($"This system has no {session.Cipher}.");
        next.Write([1]);
        prefix[(BlockLength - 2)..BlockLength].CopyTo(prefix[BlockLength..]);
        Write(prefix);
        CryptographicOperations.ZeroMemory(prefix);
    }

    public void Write(ReadOnlySpan<byte> data)
    {
        sha1.AppendData(data);
        Encrypt(data);
    }

    public void Complete()
    {
        // RFC 9580 §5.13.1: the header of the modification detection code is hashed with the rest, its body is the hash.
        Write([0xD3, SHA1.HashSizeInBytes]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        sha1.GetHashAndReset(hash);
        Encrypt(hash);
        next.Write(buffer.Span[..filled]);
        next.Complete();
    }

    public void Dispose()
    {
        cipher.Dispose();
        sha1.Dispose();
    }

    private void Encrypt(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (filled == buffer.Length)
            {
                next.Write(buffer.Span);
                filled = 0;
            }

            int taken = Math.Min(buffer.Length - filled, data.Length);
            cipher.Encrypt(data[..taken], buffer.Span[filled..]);
            filled += taken;
            data = data[taken..];
        }
    }
}
