using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;

namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>Hashes data that streams by, once for each way in which signatures hash it: binary or text, hash function,
/// salt. What to expect is said first, then the data comes, then the signatures. One message, one thread.</summary>
internal sealed class SignedDataHashes : IDisposable
{
    /// <summary>Different ways of hashing at most: each costs as much as the data is long.</summary>
    public const int MaxHashes = 8;

    // Text is made canonical in pieces of this length: who sends nothing but line ends would have the hash functions called
    // for each.
    private const int ScratchLength = 16 * 1024;

    private readonly List<Running> running = [];
    private bool hasBegun;
    private bool endedInCr;
    private byte[]? scratch;

    /// <summary>Says before the data comes that a signature will need this hash.</summary>
    /// <returns>False where none such will be made: it is no signature over data, its hash function is unknown, missing
    /// here or never good enough, there are too many, or the data came already.</returns>
    public bool Expect(SignatureType type, HashAlgorithm hash, ReadOnlySpan<byte> salt)
    {
        if (Find(type, hash, salt) is not null)
            return true;

        // RFC 9580 §9.5 has a salt size for each function that data may still be signed with; MD5 and its like, which no
        // policy accepts, are not worth the work.
        bool isWanted = type is SignatureType.Binary or SignatureType.Text && SignatureHash.SaltLength(hash) >= 0;
        if (!isWanted || hasBegun || running.Count == MaxHashes || hash.Native() is not { } native)
            return false;
        if (EvpDigest.Begin(native) is not { } digest)
            return false;

        digest.Append(salt);
        running.Add(new Running(type, hash, salt.ToArray(), digest));
        return true;
    }

    /// <summary>Says the same of a signature that is there already.</summary>
    public bool Expect(Signature signature) => Expect(signature.Type, signature.HashAlgorithm, signature.Salt.Span);

    /// <summary>Adds data.</summary>
    public void Write(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return;

        hasBegun = true;
        Append(SignatureType.Binary, data);
        if (running.Exists(static hash => hash.Type == SignatureType.Text))
            WriteText(data);
    }

    /// <summary>The digest that a signature signs; null where nothing such was expected.</summary>
    public byte[]? Digest(Signature signature)
    {
        var trailer = new ArrayBufferWriter<byte>();
        signature.WriteTrailer(trailer);
        return Digest(signature.Type, signature.HashAlgorithm, signature.Salt.Span, trailer.WrittenSpan);
    }

    /// <summary>The digest over the data and a trailer; null where nothing such was expected.</summary>
    public byte[]? Digest(SignatureType type, HashAlgorithm hash, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> trailer)
    {
        if (Find(type, hash, salt) is not { } found)
            return null;

        using var digest = found.Digest.Copy();
        digest.Append(trailer);
        return digest.Finish();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var hash in running)
            hash.Digest.Dispose();
        running.Clear();
        CryptographicOperations.ZeroMemory(scratch);
    }

    // RFC 9580 §5.2.1.2: the ends of lines are hashed as CRLF, whatever they are here. What ends a line is LF, with or
    // without a CR before it; a CR alone is a character like any other, and blanks stay where they are. All peers agree, but
    // for text with a CR that no LF follows: OpenPGP.js 6 hashes it as is done here; GnuPG and RNP too, but they drop CRs
    // right before the end of a line; gosop adds one there; Sequoia takes it for the end of a line. Mail has no such CR.
    private void WriteText(ReadOnlySpan<byte> data)
    {
        scratch ??= GC.AllocateArray<byte>(ScratchLength, pinned: true);
        while (!data.IsEmpty)
        {
            var part = data[..Math.Min(data.Length, ScratchLength / 2)];
            Append(SignatureType.Text, scratch.AsSpan(0, Canonicalize(part, scratch)));
            data = data[part.Length..];
        }
    }

    /// <summary>Writes text with CRLF at the ends of its lines.</summary>
    /// <param name="text">The text.</param>
    /// <param name="canonical">Twice as long.</param>
    /// <returns>How many octets were written.</returns>
    private int Canonicalize(ReadOnlySpan<byte> text, Span<byte> canonical)
    {
        int written = 0;
        while (!text.IsEmpty)
        {
            int length = text.IndexOf((byte)'\n');
            var line = length < 0 ? text : text[..length];
            line.CopyTo(canonical[written..]);
            written += line.Length;
            endedInCr = line.IsEmpty ? endedInCr : line[^1] == '\r';
            if (length < 0)
                break;

            if (!endedInCr)
                canonical[written++] = (byte)'\r';
            canonical[written++] = (byte)'\n';
            endedInCr = false;
            text = text[(length + 1)..];
        }

        return written;
    }

    private void Append(SignatureType type, ReadOnlySpan<byte> data)
    {
        foreach (var hash in running)
        {
            if (hash.Type == type)
                hash.Digest.Append(data);
        }
    }

    private Running? Find(SignatureType type, HashAlgorithm hash, ReadOnlySpan<byte> salt)
    {
        foreach (var candidate in running)
        {
            if (candidate.Type == type && candidate.Hash == hash && salt.SequenceEqual(candidate.Salt))
                return candidate;
        }

        return null;
    }

    private sealed record Running(SignatureType Type, HashAlgorithm Hash, byte[] Salt, EvpDigest Digest);
}
