using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>What others say of a certificate's user IDs (RFC 9580 §5.2.1.4). Certificates drop it, since anybody can append it;
/// whoever asks for it looks at the input once more. Nobody is believed but the authorities that the caller names.</summary>
public sealed class UserIdCertifications
{
    // Each costs a verification, and they are anybody's to make.
    private const int MaxChecks = 500;

    private readonly Certificate certificate;
    private readonly List<(UserId UserId, Signature Signature)> claimed = [];

    /// <summary>Finds them.</summary>
    /// <param name="input">What the certificate was read from, armored or binary.</param>
    /// <param name="certificate">Whose.</param>
    public UserIdCertifications(ReadOnlyMemory<byte> input, Certificate certificate)
    {
        this.certificate = certificate;
        if (ArmorReader.IsBinary(input.Span))
        {
            Read(input);
            return;
        }

        var armor = new ArmorReader(input);
        while (armor.ReadNext() is { } block)
            Read(block.Data);
    }

    /// <summary>Whether one of the authorities says, at a time, that a user ID is the certificate's owner's: with a certification
    /// that has not ended and that it has not revoked, made by a primary key that was fit to.</summary>
    /// <param name="authorities">The certificates of those who are believed.</param>
    /// <param name="userId">The user ID, one that counts.</param>
    /// <param name="time">For when it is judged.</param>
    /// <param name="policy">What algorithms are good enough.</param>
    public bool AreBy(IReadOnlyList<Certificate> authorities, UserId userId, DateTimeOffset time, AlgorithmPolicy policy)
    {
        int checks = 0;
        var subject = new SignedSubject.Identity(certificate.PrimaryKey, userId);
        return authorities.Any(authority =>
        {
            // The newest word of an authority counts, and of two the revocation.
            var word = claimed.Where(pair => pair.UserId.Octets.Span.SequenceEqual(userId.Octets.Span)
                    && pair.Signature.Facts.CreatedAt <= time && pair.Signature.Hints.MayBe(authority.PrimaryKey))
                .Select(static pair => pair.Signature)
                .OrderByDescending(static signature => signature.Facts.CreatedAt)
                .ThenByDescending(static signature => signature.Type == SignatureType.CertificationRevocation)
                .FirstOrDefault(signature => ++checks <= MaxChecks
                    && SignatureVerifier.Verify(signature, authority.PrimaryKey, subject) == SignatureCheck.Good);
            return word is not null && Counts(word, authority, time, policy);
        });
    }

    private static bool Counts(Signature word, Certificate authority, DateTimeOffset time, AlgorithmPolicy policy)
    {
        var createdAt = word.Facts.CreatedAt!.Value;
        var then = authority.At(createdAt, policy);
        return word.Type != SignatureType.CertificationRevocation
            && word.Problem is null
            && !(word.Facts.ExpiresAt <= time)
            && policy.RefusalOfSelfSignature(word.HashAlgorithm, createdAt) is null
            && policy.RefusalToSign(authority.PrimaryKey) is null
            && then.Problem is null
            && then.PrimaryKey is { Problem: null } primary
            && (primary.Usage & KeyUsage.Certify) != 0;
    }

    private void Read(ReadOnlyMemory<byte> octets)
    {
        bool isOurs = false;
        UserId? userId = null;
        var packets = new PacketReader(octets);
        while (packets.TryRead(out var packet))
        {
            switch (packet.Tag)
            {
                case PacketTag.PublicKey:
                    isOurs = PublicKey.TryRead(packet.Body.Span, isSubkey: false, out var key, out _) && key.Fingerprint.Equals(certificate.Fingerprint);
                    userId = null;
                    break;
                case PacketTag.UserId:
                    userId = packet.Body.Length <= UserId.MaxLength ? new UserId(packet.Body.Span) : null;
                    break;
                case PacketTag.Signature when isOurs && userId is not null:
                    if (Signature.TryRead(packet.Body.Span, out var signature, out _) && IsWord(signature.Type))
                        claimed.Add((userId, signature));
                    break;
                case PacketTag.PublicSubkey or PacketTag.UserAttribute:
                    userId = null;
                    break;
            }
        }
    }

    private static bool IsWord(SignatureType type) => type is SignatureType.GenericCertification or SignatureType.PersonaCertification
        or SignatureType.CasualCertification or SignatureType.PositiveCertification or SignatureType.CertificationRevocation;
}
