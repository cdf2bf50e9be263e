using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;

namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>A signature before it is known what is signed: all that it will say, and the salt (RFC 9580 §5.2.3). Its key's
/// version is its own.</summary>
internal sealed class SignatureDraft
{
    private readonly ArrayBufferWriter<byte> start = new();
    private readonly byte[] salt;

    /// <param name="key">The key that will sign.</param>
    /// <param name="statements">What it will say.</param>
    /// <param name="random">Makes the salt.</param>
    /// <exception cref="ArgumentException">The key can't sign.</exception>
    public SignatureDraft(PublicKey key, SignatureStatements statements, RandomNumberGenerator random)
    {
        Key = key;
        Type = statements.Type;
        HashAlgorithm = SigningHash.For(key) ?? throw new ArgumentException($"The key {key.Fingerprint} can't sign.", nameof(key));
        salt = new byte[key.Version == 6 ? SignatureHash.SaltLength(HashAlgorithm) : 0];
        random.GetBytes(salt);
        WriteStart(statements);
    }

    /// <summary>The key that will sign.</summary>
    public PublicKey Key { get; }

    /// <summary>What kind of signature it will be.</summary>
    public SignatureType Type { get; }

    /// <summary>The hash function.</summary>
    public HashAlgorithm HashAlgorithm { get; }

    /// <summary>What is hashed first; empty in version 4.</summary>
    public ReadOnlyMemory<byte> Salt => salt;

    /// <summary>What announces it.</summary>
    public OnePassSignature Announcement(bool isLast) => new()
    {
        Type = Type,
        HashAlgorithm = HashAlgorithm,
        KeyAlgorithm = Key.Algorithm,
        KeyId = Key.KeyId,
        Fingerprint = Key.Version == 6 ? Key.Fingerprint : null,
        Salt = salt,
        IsLast = isLast,
    };

    /// <summary>What is left to sign, once all data was hashed.</summary>
    public PendingSignature Finish(SignedDataHashes hashes)
    {
        var trailer = new ArrayBufferWriter<byte>();
        Signature.WriteTrailer(trailer, start.WrittenSpan);
        byte[] digest = hashes.Digest(Type, HashAlgorithm, salt, trailer.WrittenSpan)
            ?? throw new InvalidOperationException("The data was not hashed for this signature.");
        return new PendingSignature(this, digest);
    }

    /// <summary>What is left to sign of a signature over parts of a certificate.</summary>
    public PendingSignature Finish(SignedSubject subject)
    {
        var hashed = new ArrayBufferWriter<byte>(1024);
        hashed.Write(salt);
        subject.WriteHashedForm(hashed);
        Signature.WriteTrailer(hashed, start.WrittenSpan);
        byte[] digest = SignatureHash.Compute(HashAlgorithm, hashed.WrittenSpan)
            ?? throw new CryptographicException($"This system has no hash function {(int)HashAlgorithm}.");
        return new PendingSignature(this, digest);
    }

    /// <summary>The packet's body.</summary>
    public byte[] Assemble(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> values)
    {
        var body = new ArrayBufferWriter<byte>();
        body.Write(start.WrittenSpan);
        if (Key.Version == 6)
        {
            body.WriteOctets(0, 0, 0, 0);
        }
        else
        {
            // Who reads version 4 alone may look for the key by this; it is only a hint, and so unsigned.
            Span<byte> issuer = stackalloc byte[2 + KeyId.Length];
            (issuer[0], issuer[1]) = (1 + KeyId.Length, (byte)SubpacketType.IssuerKeyId);
            Key.KeyId.CopyTo(issuer[2..]);
            body.WriteOctets(0, (byte)issuer.Length);
            body.Write(issuer);
        }

        body.Write(digest[..2]);
        if (Key.Version == 6)
            body.WriteOctets((byte)salt.Length);
        body.Write(salt);
        body.Write(values);
        return body.WrittenSpan.ToArray();
    }

    private void WriteStart(SignatureStatements statements)
    {
        var area = new ArrayBufferWriter<byte>();
        byte[] createdAt = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(createdAt, (uint)statements.CreatedAt.ToUnixTimeSeconds());
        Write(SubpacketType.SignatureCreationTime, createdAt);
        Write(SubpacketType.IssuerFingerprint, (byte[])[(byte)Key.Version, .. Key.Fingerprint.Octets]);
        if (statements.SignersUserId is { } userId)
            Write(SubpacketType.SignersUserId, userId.Octets);
        foreach (var recipient in statements.IntendedRecipients)
            Write(SubpacketType.IntendedRecipientFingerprint, (byte[])[(byte)recipient.KeyVersion, .. recipient.Octets]);
        foreach (var subpacket in statements.Others)
            subpacket.Write(area);

        // Version 4 counts them in two octets.
        if (Key.Version < 6 && area.WrittenCount > ushort.MaxValue)
            throw new ArgumentException("More subpackets than a signature has room for.", nameof(statements));

        start.WriteOctets((byte)Key.Version, (byte)Type, (byte)Key.Algorithm, (byte)HashAlgorithm);
        Span<byte> length = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32BigEndian(length, area.WrittenCount);
        start.Write(Key.Version == 6 ? length : length[2..]);
        start.Write(area.WrittenSpan);

        void Write(SubpacketType type, ReadOnlyMemory<byte> content) => new Subpacket(type, IsCritical: false, content).Write(area);
    }
}
