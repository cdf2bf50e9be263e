using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Messages.Signing;

/// <summary>Signatures by several keys over the same data, which is hashed as often as they differ. One message, one thread.</summary>
internal sealed class DataSigning : IDisposable
{
    private readonly SignedDataHashes hashes = new();

    /// <param name="keys">One at least, <see cref="InlineSignatures.MaxSignatures"/> at most.</param>
    /// <param name="statements">What the signatures say.</param>
    /// <param name="random">Makes salts.</param>
    /// <exception cref="ArgumentException">A key can't sign, or there are too few or too many.</exception>
    public DataSigning(IReadOnlyList<PublicKey> keys, SignatureStatements statements, RandomNumberGenerator random)
    {
        if (keys.Count is 0 or > InlineSignatures.MaxSignatures)
            throw new ArgumentException($"Signatures by {keys.Count} keys.", nameof(keys));

        Drafts = [.. keys.Select(key => new SignatureDraft(key, statements, random))];
        foreach (var draft in Drafts)
            hashes.Expect(draft.Type, draft.HashAlgorithm, draft.Salt.Span);
    }

    /// <summary>The signatures to be, in the order of their keys.</summary>
    public IReadOnlyList<SignatureDraft> Drafts { get; }

    /// <summary>Writes the one-pass packets; their signatures follow the data in the opposite order.</summary>
    public void WriteAnnouncements(IBufferWriter<byte> output)
    {
        var body = new ArrayBufferWriter<byte>();
        for (int i = 0; i < Drafts.Count; i++)
        {
            body.ResetWrittenCount();
            Drafts[i].Announcement(isLast: i == Drafts.Count - 1).Write(body);
            PacketWriter.Write(output, PacketTag.OnePassSignature, body.WrittenSpan);
        }
    }

    /// <summary>Adds data.</summary>
    public void Write(ReadOnlySpan<byte> data) => hashes.Write(data);

    /// <summary>What is left to sign, in the order of the keys.</summary>
    public IReadOnlyList<PendingSignature> Finish() => [.. Drafts.Select(draft => draft.Finish(hashes))];

    /// <inheritdoc/>
    public void Dispose() => hashes.Dispose();
}
