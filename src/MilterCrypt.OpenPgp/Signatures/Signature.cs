using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>A signature packet of version 4 or 6 (RFC 9580 §5.2.3). Immutable; owns a copy of its octets. Reading it
/// proves nothing: verification does that.</summary>
public sealed class Signature
{
    /// <summary>The largest packet body read.</summary>
    public const int MaxLength = 64 * 1024;

    private readonly byte[] body;
    private readonly int hashedEnd;

    private Signature(byte[] body, int hashedEnd, ReadOnlyMemory<byte> unhashed, SignatureTail tail)
    {
        this.body = body;
        this.hashedEnd = hashedEnd;
        DigestPrefix = tail.DigestPrefix;
        Salt = tail.Salt;
        Values = tail.Values;

        var hashed = body.AsMemory((HeaderLength(body[0]))..hashedEnd);
        Facts = SignatureFactsReader.Read(hashed, out string? problem);
        Problem = problem;
        Hints = IssuerHints.Read(hashed, unhashed);
    }

    /// <summary>4 or 6; the version of the key that made it is the same.</summary>
    public int Version => body[0];

    /// <summary>What it says.</summary>
    public SignatureType Type => (SignatureType)body[1];

    /// <summary>The algorithm of the key that made it.</summary>
    public PublicKeyAlgorithm KeyAlgorithm => (PublicKeyAlgorithm)body[2];

    /// <summary>The hash function.</summary>
    public HashAlgorithm HashAlgorithm => (HashAlgorithm)body[3];

    /// <summary>What its signed subpackets say.</summary>
    public SignatureFacts Facts { get; }

    /// <summary>Why it can't be valid whoever made it, such as "unknown critical subpacket 99", or null.</summary>
    public string? Problem { get; }

    /// <summary>The packet's body.</summary>
    public ReadOnlyMemory<byte> Body => body;

    /// <summary>Its signed subpackets, up to one that is malformed.</summary>
    internal IEnumerable<Subpacket> SignedSubpackets
    {
        get
        {
            ReadOnlyMemory<byte> area = body.AsMemory(HeaderLength(body[0])..hashedEnd);
            while (Subpacket.TryRead(ref area, out var subpacket))
                yield return subpacket;
        }
    }

    /// <summary>Who may have made it.</summary>
    internal IssuerHints Hints { get; }

    /// <summary>The first two octets of the digest, to find out early that it does not fit.</summary>
    internal ushort DigestPrefix { get; }

    /// <summary>What is hashed before anything else: empty in version 4.</summary>
    internal ReadOnlyMemory<byte> Salt { get; }

    /// <summary>Whether the salt is as long as the hash function wants it (RFC 9580 §9.5).</summary>
    internal bool HasFittingSalt => Version != 6 || Salt.Length == SignatureHash.SaltLength(HashAlgorithm);

    /// <summary>The algorithm's own numbers.</summary>
    internal ReadOnlyMemory<byte> Values { get; }

    /// <summary>Reads a packet's body, copied.</summary>
    /// <returns>False with the reason, such as "version 3 signature".</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> packetBody, [NotNullWhen(true)] out Signature? signature, [NotNullWhen(false)] out string? reason)
    {
        signature = null;
        reason = packetBody switch
        {
            [] => "empty signature packet",
            [2 or 3, ..] => "version 3 signature, obsolete",
            [not (4 or 6), ..] => $"unknown signature version {packetBody[0]}",
            { Length: > MaxLength } => $"signature packet of {packetBody.Length} octets",
            _ => null,
        };
        if (reason is not null)
            return false;

        byte[] body = packetBody.ToArray();
        reason = "malformed signature packet";
        int header = HeaderLength(body[0]);
        if (body.Length < header || !TryReadArea(body, 4, out int hashedEnd) || !TryReadArea(body, hashedEnd, out int unhashedEnd))
            return false;

        var unhashed = body.AsMemory((hashedEnd + header - 4)..unhashedEnd);
        if (!SignatureTail.TryRead(body[0], body.AsMemory(unhashedEnd), out var tail))
            return false;

        signature = new Signature(body, hashedEnd, unhashed, tail);
        reason = null;
        return true;
    }

    /// <summary>Writes what a signature hashes of itself, after what it signs (RFC 9580 §5.2.4).</summary>
    internal void WriteTrailer(IBufferWriter<byte> output) => WriteTrailer(output, body.AsSpan(0, hashedEnd));

    /// <summary>The same for a signature that is being made.</summary>
    /// <param name="output">What is hashed.</param>
    /// <param name="start">The packet's body up to the end of its signed subpackets.</param>
    internal static void WriteTrailer(IBufferWriter<byte> output, ReadOnlySpan<byte> start)
    {
        output.Write(start);
        Span<byte> end = stackalloc byte[6];
        end[0] = start[0];
        end[1] = 0xFF;
        BinaryPrimitives.WriteInt32BigEndian(end[2..], start.Length);
        output.Write(end);
    }

    // Version, type and two algorithms; then the length of the signed subpackets, in two octets or in four.
    private static int HeaderLength(byte version) => version == 6 ? 8 : 6;

    private static bool TryReadArea(byte[] body, int start, out int end)
    {
        end = 0;
        int size = HeaderLength(body[0]) - 4;
        if (body.Length - start < size)
            return false;
        uint length = size == 4
            ? BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(start))
            : BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(start));
        if (length > (uint)(body.Length - start - size))
            return false;
        end = start + size + (int)length;
        return true;
    }
}
