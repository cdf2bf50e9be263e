using System.Buffers;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Messages.Writing;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Messages.Signing;

/// <summary>Signatures alone (RFC 9580 §10.4), beside the data.</summary>
internal sealed class DetachedForm(DataSigning signing, IBufferWriter<byte> output, SigningOptions options) : ISignedForm
{
    public void Write(ReadOnlySpan<byte> data) => signing.Write(data);

    public IReadOnlyList<PendingSignature> Finish() => signing.Finish();

    public void Complete(IReadOnlyList<Signature> signatures) => WriteBlock(output, options.Armor ? options.LineEnding : null, signatures);

    public void Dispose() => signing.Dispose();

    /// <summary>Writes the signatures of a message in a block of their own; nothing where there is none.</summary>
    /// <returns>How many there are.</returns>
    public static int WriteAll(IBufferWriter<byte> output, LineEnding? lineEnding, InlineSignatures signatures)
    {
        var readable = signatures.Readable;
        if (readable.Count > 0)
            WriteBlock(output, lineEnding, readable);
        return readable.Count;
    }

    /// <summary>Writes signature packets in a block of their own.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="lineEnding">How lines of armor end; null for binary.</param>
    /// <param name="signatures">The signatures.</param>
    public static void WriteBlock(IBufferWriter<byte> output, LineEnding? lineEnding, IReadOnlyList<Signature> signatures)
    {
        var packets = new ArrayBufferWriter<byte>();
        foreach (var signature in signatures)
            PacketWriter.Write(packets, PacketTag.Signature, signature.Body.Span);

        // GnuPG misses the checksum as with messages; what reads version 6 has no use for it (RFC 9580 §6.1).
        bool withChecksum = signatures.Any(static signature => signature.Version < 6);
        IOctetSink block = lineEnding is { } ending
            ? new ArmorWriter(output, new ArmorOptions("PGP SIGNATURE", ending, withChecksum))
            : new BinaryOutput(output);
        block.Write(packets.WrittenSpan);
        block.Complete();
    }
}
