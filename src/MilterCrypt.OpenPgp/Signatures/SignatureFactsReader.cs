using System.Buffers.Binary;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>Reads a signature's signed subpackets into <see cref="SignatureFacts"/>. Where one occurs twice, the last
/// one counts (RFC 9580 §5.2.3.10).</summary>
internal static class SignatureFactsReader
{
    // No honest signature comes near; it bounds what is kept in memory for each.
    private const int MaxSubpackets = 128;

    /// <summary>Reads the whole area.</summary>
    /// <param name="area">The signed subpackets.</param>
    /// <param name="problem">Why the signature can't be valid, or null.</param>
    public static SignatureFacts Read(ReadOnlyMemory<byte> area, out string? problem)
    {
        var facts = new SignatureFacts();
        var recipients = new List<Fingerprint>();
        problem = null;
        for (int count = 0; !area.IsEmpty; count++)
        {
            // A message to many names many: they are not counted, and the packet's own length bounds them.
            if (count - recipients.Count == MaxSubpackets)
            {
                problem = "too many subpackets";
                return facts;
            }

            if (!Subpacket.TryRead(ref area, out var subpacket))
            {
                problem = "malformed subpackets";
                return facts;
            }

            if (subpacket.Type == SubpacketType.IntendedRecipientFingerprint)
                problem ??= AddRecipient(recipients, subpacket.Content.Span);
            else
                problem ??= Add(ref facts, subpacket);
        }

        if (recipients.Count > 0)
            facts = facts with { IntendedRecipients = recipients };

        // RFC 9580 §5.2.3.11: the creation time must be there, and signed.
        if (facts.CreatedAt is null)
            problem ??= "no creation time";
        return facts;
    }

    private static string? Add(ref SignatureFacts facts, Subpacket subpacket)
    {
        var content = subpacket.Content.Span;
        switch (subpacket.Type)
        {
            case SubpacketType.SignatureCreationTime when content.Length == 4:
                facts = facts with { CreatedAt = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(content)) };
                return null;
            case SubpacketType.SignatureExpirationTime when content.Length == 4:
                facts = facts with { ExpiresAfter = BinaryPrimitives.ReadUInt32BigEndian(content) };
                return null;
            case SubpacketType.KeyExpirationTime when content.Length == 4:
                facts = facts with { KeyExpiresAfter = BinaryPrimitives.ReadUInt32BigEndian(content) };
                return null;
            case SubpacketType.SignatureCreationTime or SubpacketType.SignatureExpirationTime or SubpacketType.KeyExpirationTime:
                return $"malformed subpacket {(int)subpacket.Type}";
            case SubpacketType.KeyFlags:
                facts = facts with { KeyUsage = (KeyUsage)(content.IsEmpty ? 0 : content[0] & 0xBF) };
                return null;
            case SubpacketType.Features:
                facts = facts with { Features = content.IsEmpty ? (byte)0 : content[0] };
                return null;
            case SubpacketType.PreferredSymmetricCiphers:
                facts = facts with { Ciphers = ReadAlgorithms(content, static number => (SymmetricAlgorithm)number) };
                return null;
            case SubpacketType.PreferredHashAlgorithms:
                facts = facts with { Hashes = ReadAlgorithms(content, static number => (HashAlgorithm)number) };
                return null;
            case SubpacketType.PreferredAeadCiphersuites:
                facts = facts with { AeadCiphersuites = ReadCiphersuites(content) };
                return null;
            case SubpacketType.PrimaryUserId:
                facts = facts with { IsPrimaryUserId = !content.IsEmpty && content[0] != 0 };
                return null;
            case SubpacketType.ReasonForRevocation:
                facts = facts with { RevocationReason = (RevocationReason)(content.IsEmpty ? 0 : content[0]) };
                return null;
            case SubpacketType.SignersUserId when content.Length <= UserId.MaxLength:
                facts = facts with { SignersUserId = new UserId(content) };
                return null;
            case SubpacketType.NotationData:
                return ProblemOfNotation(subpacket);
            case SubpacketType.RevocationKey:
                AddRevocationKey(ref facts, content);
                return null;
            default:
                return subpacket.IsCritical && !IsKnown(subpacket.Type) ? $"unknown critical subpacket {(int)subpacket.Type}" : null;
        }
    }

    /// <summary>Those whose meaning is understood and has no bearing on whether a key may be used.</summary>
    private static bool IsKnown(SubpacketType type) => type is SubpacketType.ExportableCertification
        or SubpacketType.TrustSignature or SubpacketType.RegularExpression or SubpacketType.Revocable
        or SubpacketType.IssuerKeyId or SubpacketType.PreferredCompressionAlgorithms
        or SubpacketType.KeyServerPreferences or SubpacketType.PreferredKeyServer or SubpacketType.PolicyUri
        or SubpacketType.SignatureTarget or SubpacketType.EmbeddedSignature or SubpacketType.IssuerFingerprint;

    // A number for each algorithm; said twice is said once.
    private static List<T> ReadAlgorithms<T>(ReadOnlySpan<byte> content, Func<byte, T> algorithm)
    {
        var algorithms = new List<T>();
        foreach (byte number in content)
        {
            if (!algorithms.Contains(algorithm(number)))
                algorithms.Add(algorithm(number));
        }

        return algorithms;
    }

    private static List<AeadCiphersuite> ReadCiphersuites(ReadOnlySpan<byte> content)
    {
        // A pair per suite; pairs of unknown numbers are kept, since they cost nothing and nobody picks them.
        var suites = new List<AeadCiphersuite>();
        for (int i = 0; i + 1 < content.Length && suites.Count < 64; i += 2)
            suites.Add(new AeadCiphersuite((SymmetricAlgorithm)content[i], (AeadAlgorithm)content[i + 1]));
        return suites;
    }

    // A recipient that can't be read must not turn into a signature that is meant for everybody.
    private static string? AddRecipient(List<Fingerprint> recipients, ReadOnlySpan<byte> content)
    {
        if (!IssuerHints.IsFingerprint(content))
            return "malformed intended recipient";
        recipients.Add(Fingerprint.FromBytes(content[1..]));
        return null;
    }

    private static string? ProblemOfNotation(Subpacket subpacket)
    {
        var content = subpacket.Content.Span;
        bool isWhole = content.Length >= 8
            && content.Length == 8 + BinaryPrimitives.ReadUInt16BigEndian(content[4..]) + BinaryPrimitives.ReadUInt16BigEndian(content[6..]);
        if (!isWhole)
            return "malformed notation";

        // RFC 9580 §5.2.3.24: a critical notation that nobody here knows makes the signature worthless.
        return subpacket.IsCritical ? "unknown critical notation" : null;
    }

    // A class with its highest bit set, an algorithm, a fingerprint. What is malformed appoints nobody.
    private static void AddRevocationKey(ref SignatureFacts facts, ReadOnlySpan<byte> content)
    {
        if (content is [>= 0x80, _, .. { Length: Fingerprint.LengthV4 or Fingerprint.LengthV6 } revoker])
            facts = facts with { RevocationKeys = [.. facts.RevocationKeys, Fingerprint.FromBytes(revoker)] };
    }
}
