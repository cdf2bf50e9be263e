using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>OpenPGP data whatever it holds: from armor to binary, and which armor it would have. Nothing of it is judged.</summary>
public static class ArmoredData
{
    /// <summary>Whether octets are binary OpenPGP data rather than armor or other text: a packet's first octet has its high
    /// bit set, and that of no such text has.</summary>
    public static bool IsBinary(ReadOnlySpan<byte> octets) => ArmorReader.IsBinary(octets);

    /// <summary>Decodes the one armored block in a text (RFC 9580 §6.2), passing over what stands around it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="octets">The octets, packet after packet: the caller's to clear, and pinned, where they are a secret key.</param>
    /// <param name="reason">Why there are none, in an administrator's words.</param>
    public static bool TryDecode(
        ReadOnlyMemory<byte> text, [NotNullWhen(true)] out Memory<byte>? octets, [NotNullWhen(false)] out string? reason)
    {
        octets = null;
        var block = new ArmorReader(text).ReadNext();
        reason = block is null ? "no armor" : block.Problem;
        if (reason is not null)
            return false;
        octets = MemoryMarshal.AsMemory(block!.Data);
        return true;
    }

    /// <summary>What stands in the first line of armor around packets, such as <c>PGP MESSAGE</c> (RFC 9580 §6.2.1).</summary>
    /// <param name="octets">Binary OpenPGP data.</param>
    /// <param name="reason">Why it is none, in an administrator's words.</param>
    /// <returns>Null where it is none.</returns>
    public static string? LabelOf(ReadOnlyMemory<byte> octets, out string? reason)
    {
        var packets = new PacketReader(octets);
        PacketTag? first = null;
        bool areSignatures = true;
        while (packets.TryRead(out var packet))
        {
            first ??= packet.Tag;
            areSignatures &= packet.Tag == PacketTag.Signature;
        }

        reason = packets.Problem ?? (first is null ? "no OpenPGP data" : null);
        return first switch
        {
            _ when reason is not null => null,
            PacketTag.SecretKey => ArmorReader.PrivateKeyLabel,
            PacketTag.PublicKey => "PGP PUBLIC KEY BLOCK",
            PacketTag.Signature when areSignatures => "PGP SIGNATURE",
            _ => "PGP MESSAGE",
        };
    }
}
