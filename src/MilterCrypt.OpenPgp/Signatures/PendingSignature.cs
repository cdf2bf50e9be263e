using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;

namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>A signature that lacks nothing but its key's work, so that whoever holds the secret key need not see what is
/// signed.</summary>
public sealed class PendingSignature
{
    private readonly SignatureDraft draft;
    private readonly byte[] digest;

    internal PendingSignature(SignatureDraft draft, byte[] digest)
    {
        this.draft = draft;
        this.digest = digest;
    }

    /// <summary>The key that is to sign.</summary>
    public PublicKey Key => draft.Key;

    /// <summary>The hash function that made <see cref="Digest"/>.</summary>
    public HashAlgorithm HashAlgorithm => draft.HashAlgorithm;

    /// <summary>What is to be signed.</summary>
    public ReadOnlyMemory<byte> Digest => digest;

    /// <summary>The whole signature.</summary>
    /// <param name="values">The algorithm-specific octets at its end (RFC 9580 §5.2.3).</param>
    /// <exception cref="CryptographicException">The key did not make these values, and nobody should see them: a faulty
    /// signature can give a secret key away.</exception>
    public Signature Complete(ReadOnlySpan<byte> values)
    {
        bool isRead = Signature.TryRead(draft.Assemble(digest, values), out var signature, out _);
        if (!isRead || SignatureVerifier.Verify(signature!, Key, digest) != SignatureCheck.Good)
            throw Wrong();
        return signature!;
    }

    /// <summary>The whole signature, of an RSA key's one number: what cards and agents give.</summary>
    /// <param name="number">Big-endian.</param>
    /// <exception cref="CryptographicException">The key did not make it, see <see cref="Complete(ReadOnlySpan{byte})"/>.</exception>
    public Signature CompleteWithNumber(ReadOnlySpan<byte> number) => CompleteWritten(SignatureNumbers.Write(Key.Material, number));

    /// <summary>The whole signature, of two numbers: what cards and agents give.</summary>
    /// <param name="r">Of DSA and ECDSA the first number, big-endian; of Ed25519, in either form, the first 32 octets.</param>
    /// <param name="s">The second number; the last 32 octets.</param>
    /// <exception cref="CryptographicException">The key did not make them, see <see cref="Complete(ReadOnlySpan{byte})"/>.</exception>
    public Signature CompleteWithPair(ReadOnlySpan<byte> r, ReadOnlySpan<byte> s) => CompleteWritten(SignatureNumbers.Write(Key.Material, r, s));

    /// <summary>The whole signature, by the secret key where it is at hand.</summary>
    /// <exception cref="ArgumentException">It is another key's.</exception>
    /// <exception cref="InvalidOperationException">It is locked.</exception>
    /// <exception cref="CryptographicException">The system's cryptography failed.</exception>
    public Signature Complete(SecretKey key)
    {
        if (!key.PublicKey.Fingerprint.Equals(Key.Fingerprint))
            throw new ArgumentException($"A signature by {Key.Fingerprint} is not to be made with {key.PublicKey.Fingerprint}.", nameof(key));
        return Complete(key.SignDigest(HashAlgorithm, digest));
    }

    private Signature CompleteWritten(byte[]? values) => Complete(values ?? throw Wrong());

    private CryptographicException Wrong() => new($"The signature made with {Key.Fingerprint} is wrong.");
}
