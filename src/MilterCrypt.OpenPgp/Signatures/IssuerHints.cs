using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>Who may have made a signature, and the signatures embedded in it. Hints say where to look and prove
/// nothing, so the unsigned subpackets may give them too.</summary>
/// <param name="KeyIds">Key IDs that were named.</param>
/// <param name="Fingerprints">Fingerprints that were named.</param>
/// <param name="Embedded">Bodies of embedded signatures (RFC 9580 §5.2.3.34).</param>
internal sealed record IssuerHints(
    IReadOnlyList<KeyId> KeyIds, IReadOnlyList<Fingerprint> Fingerprints, IReadOnlyList<ReadOnlyMemory<byte>> Embedded)
{
    // More than one of each is a rarity; more than this is an attack.
    private const int MaxOfEach = 4;
    private const int MaxSubpackets = 128;

    /// <summary>Whether an area holds something beside subpackets. A certificate is not lost for that; of a signature over data
    /// nobody else takes it.</summary>
    public bool AreMalformed { get; private init; }

    /// <summary>Whether anybody is named.</summary>
    public bool NamesAnybody => Fingerprints.Count > 0 || KeyIds.Any(static id => !id.IsWildcard);

    /// <summary>Reads both areas; what is malformed ends the reading of its area, since hints are optional.</summary>
    public static IssuerHints Read(ReadOnlyMemory<byte> hashed, ReadOnlyMemory<byte> unhashed)
    {
        var keyIds = new List<KeyId>();
        var fingerprints = new List<Fingerprint>();
        var embedded = new List<ReadOnlyMemory<byte>>();
        bool isMalformed = false;
        foreach (var area in (ReadOnlySpan<ReadOnlyMemory<byte>>)[hashed, unhashed])
        {
            var rest = area;
            for (int count = 0; count < MaxSubpackets && !rest.IsEmpty; count++)
            {
                if (!Subpacket.TryRead(ref rest, out var subpacket))
                {
                    isMalformed = true;
                    break;
                }

                var content = subpacket.Content;
                if (subpacket.Type == SubpacketType.IssuerKeyId && content.Length == KeyId.Length && keyIds.Count < MaxOfEach)
                    keyIds.Add(KeyId.FromBytes(content.Span));
                else if (subpacket.Type == SubpacketType.IssuerFingerprint && IsFingerprint(content.Span) && fingerprints.Count < MaxOfEach)
                    fingerprints.Add(Fingerprint.FromBytes(content.Span[1..]));
                else if (subpacket.Type == SubpacketType.EmbeddedSignature && embedded.Count < MaxOfEach)
                    embedded.Add(content);
            }
        }

        return new IssuerHints(keyIds, fingerprints, embedded) { AreMalformed = isMalformed };
    }

    /// <summary>Whether <paramref name="key"/> may be the issuer: it is named, or nobody is.</summary>
    public bool MayBe(PublicKey key)
    {
        if (Fingerprints.Count > 0)
            return Fingerprints.Contains(key.Fingerprint);
        return KeyIds.Count == 0 || KeyIds.Contains(key.KeyId) || KeyIds.Any(id => id.IsWildcard);
    }

    /// <summary>Whether a subpacket's content is a key's version and a fingerprint of that version.</summary>
    public static bool IsFingerprint(ReadOnlySpan<byte> content) =>
        content is [4, ..] && content.Length == 1 + Fingerprint.LengthV4
        || content is [6, ..] && content.Length == 1 + Fingerprint.LengthV6;
}
