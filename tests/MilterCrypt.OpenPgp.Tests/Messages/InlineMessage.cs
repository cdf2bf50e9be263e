using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Messages.Signing;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Tests.Messages;

/// <summary>Takes a signed message apart that is neither compressed nor encrypted.</summary>
internal static class InlineMessage
{
    /// <param name="message">Armored or binary.</param>
    /// <param name="change">What becomes of the signed data on its way.</param>
    /// <param name="candidates">The certificates at hand.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<SignatureVerdict> Judge(
        byte[] message, Func<byte[], byte[]> change, IReadOnlyList<Certificate> candidates, DateTimeOffset now)
    {
        using var signatures = new InlineSignatures();
        bool isDataPast = false;
        foreach (var packet in Packets(message))
        {
            switch (packet.Tag)
            {
                case PacketTag.OnePassSignature:
                    signatures.Announce(packet.Body.Span);
                    break;
                case PacketTag.LiteralData:
                    isDataPast = true;
                    signatures.Write(change(Content(packet)));
                    break;
                case PacketTag.Signature when isDataPast:
                    signatures.AddSignature(packet.Body.Span);
                    break;
                default:
                    Assert.Fail($"a packet of type {packet.Tag}");
                    break;
            }
        }

        return signatures.Judge(candidates, now, AlgorithmPolicy.Default);
    }

    public static IEnumerable<Packet> Packets(byte[] message)
    {
        var octets = (ReadOnlyMemory<byte>)message;
        if (!ArmorReader.IsBinary(message))
        {
            var block = new ArmorReader(message).ReadNext()!;
            Assert.Null(block.Problem);
            octets = block.Data;
        }

        var reader = new PacketReader(octets);
        while (reader.TryRead(out var packet))
            yield return packet;
        Assert.Null(reader.Problem);
    }

    /// <summary>What a literal packet holds: format, name and date come first.</summary>
    public static byte[] Content(Packet literal) => literal.Body[(6 + literal.Body.Span[1])..].ToArray();
}
