using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Messages.Signing;

/// <summary>The signatures inside a message (RFC 9580 §10.3): announced by one-pass packets and made after the data, or
/// old-style before it. What contradicts itself costs its own signature and no more; the grammar of packets is the
/// reader's. One message, one thread.</summary>
internal sealed class InlineSignatures : IDisposable
{
    private const string OverSigned = "it is over a message with signatures of its own";

    /// <summary>Signatures at most: each may cost a hash over the whole message.</summary>
    public const int MaxSignatures = 16;

    private readonly SignedDataHashes hashes = new();

    // Announced and not there yet; null for a packet that can't be read.
    private readonly Stack<OnePassSignature?> announced = new();
    private readonly List<Found> found = [];

    // How many of the announced signatures, from the bottom, are over a message that is itself signed.
    private int outer;
    private bool tooMany;

    /// <summary>Whether there is nothing to judge.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>Whether one-pass packets still wait for their signatures.</summary>
    public bool AreAwaited => announced.Count > 0;

    /// <summary>Whom the signatures name; complete once the last packet was shown.</summary>
    public SignatureIssuers Issuers => SignatureIssuers.Of(found.Select(static found => found.Signature).OfType<Signature>());

    /// <summary>Those that can be read, in their order.</summary>
    public IReadOnlyList<Signature> Readable => [.. found.Select(static found => found.Signature).OfType<Signature>()];

    private int Count => announced.Count + found.Count;

    /// <summary>A one-pass signature packet, before the data.</summary>
    public void Announce(ReadOnlySpan<byte> onePassBody)
    {
        if (!HasRoom())
            return;

        if (announced.TryPeek(out var previous) && previous is { IsLast: true })
            outer = announced.Count;
        for (int i = 0; i < found.Count; i++)
        {
            // Those of the old form that stand before it.
            if (found[i] is { Signature: { } signature, Verdict: null })
                found[i] = new Found(signature, null, SignatureJudgement.Refused(signature, SignatureStatus.Unsupported, OverSigned));
        }

        _ = OnePassSignature.TryRead(onePassBody, out var packet, out _);
        if (packet is not null)
            hashes.Expect(packet.Type, packet.HashAlgorithm, packet.Salt.Span);
        announced.Push(packet);
    }

    /// <summary>A signature packet before the data, as was done before there were one-pass packets.</summary>
    public void AddPrefix(ReadOnlySpan<byte> signatureBody)
    {
        if (!HasRoom())
            return;

        outer = announced.Count;
        if (Signature.TryRead(signatureBody, out var signature, out string? reason))
        {
            hashes.Expect(signature);
            found.Add(new Found(signature, null, null));
        }
        else
        {
            found.Add(new Found(null, null, SignatureJudgement.Unreadable(signatureBody, reason)));
        }
    }

    /// <summary>The signed data, without the fields of the literal packet before it.</summary>
    public void Write(ReadOnlySpan<byte> data) => hashes.Write(data);

    /// <summary>A signature packet after the data: the one that the last one-pass packet still open announced.</summary>
    public void AddSignature(ReadOnlySpan<byte> signatureBody)
    {
        bool isAnnounced = announced.TryPop(out var packet);
        if (!HasRoom())
            return;

        if (!Signature.TryRead(signatureBody, out var signature, out string? reason))
            found.Add(new Found(null, null, SignatureJudgement.Unreadable(signatureBody, reason)));
        else if (!isAnnounced)
            Refuse(signature, SignatureStatus.Malformed, "no one-pass packet announced it");
        else if (packet?.Announces(signature) != true)
            Refuse(signature, SignatureStatus.Malformed, "its one-pass packet says otherwise");
        else if (announced.Count < outer)
            Refuse(signature, SignatureStatus.Unsupported, OverSigned);
        else
            found.Add(new Found(signature, hashes.Digest(signature), null));
    }

    /// <summary>The verdicts, once the message has ended: one for each signature, and one for each that is missing. More than
    /// <see cref="MaxSignatures"/> get one verdict for all.</summary>
    public IReadOnlyList<SignatureVerdict> Judge(IReadOnlyList<Certificate> candidates, DateTimeOffset now, AlgorithmPolicy policy)
    {
        if (tooMany)
            return [SignatureJudgement.Unreadable([], $"more than {MaxSignatures} signatures")];

        var judgement = new SignatureJudgement(candidates, now, policy);
        return
        [
            .. found.Select(found => found.Verdict ?? judgement.Judge(found.Signature!, found.Digest ?? hashes.Digest(found.Signature!))),
            .. announced.Select(static _ => SignatureJudgement.Unreadable([], "announced, but not there")),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => hashes.Dispose();

    private void Refuse(Signature signature, SignatureStatus status, string problem) =>
        found.Add(new Found(signature, null, SignatureJudgement.Refused(signature, status, problem)));

    private bool HasRoom()
    {
        tooMany |= Count >= MaxSignatures;
        return !tooMany;
    }

    // A signature with what it will be judged by, or what was found already.
    private sealed record Found(Signature? Signature, byte[]? Digest, SignatureVerdict? Verdict);
}
