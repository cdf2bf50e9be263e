using System.Buffers;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Messages.Writing;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Messages.Signing;

/// <summary>Takes signatures that stand alone apart: a detached signature, or the end of the cleartext framework.</summary>
internal static class SignaturePackets
{
    /// <summary>Octets at most: as many signatures as are looked at, each as large as it may be, in armor.</summary>
    public const int MaxLength = 2 * InlineSignatures.MaxSignatures * Signatures.Signature.MaxLength;

    /// <summary>Shows all signature packets of a block to <paramref name="signatures"/>, before its data.</summary>
    /// <param name="block">Armored or binary.</param>
    /// <param name="signatures">Takes them.</param>
    /// <returns>Why it is no block of signatures, or null.</returns>
    public static string? Read(ReadOnlyMemory<byte> block, InlineSignatures signatures)
    {
        if (block.Length > MaxLength)
            return $"signatures of {block.Length} octets";
        if (!ArmorReader.IsBinary(block.Span))
        {
            var decoded = new ArrayBufferWriter<byte>();
            using var decoder = new ArmorDecoder("PGP SIGNATURE", new BinaryOutput(decoded));
            decoder.Write(block.Span);
            if (decoder.Complete() is { } problem)
                return problem;
            block = decoded.WrittenMemory;
        }

        var packets = new PacketReader(block);
        while (packets.TryRead(out var packet))
        {
            if (packet.Tag == PacketTag.Signature)
                signatures.AddPrefix(packet.Body.Span);
            else if (packet.IsCritical && packet.Tag is not (PacketTag.Marker or PacketTag.Padding))
                return $"a packet of type {(int)packet.Tag} among signatures";
        }

        return packets.Problem ?? (signatures.IsEmpty ? "no signature" : null);
    }
}
