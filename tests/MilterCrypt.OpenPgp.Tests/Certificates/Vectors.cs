using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.TestSupport;

namespace MilterCrypt.OpenPgp.Tests.Certificates;

/// <summary>Certificates that others made, from tests/vectors.</summary>
public static class Vectors
{
    public static byte[] File(string relative) => System.IO.File.ReadAllBytes(Repository.PathOf(Path.Combine("tests/vectors", relative)));

    /// <summary>The certificate of an armored secret key: its public parts.</summary>
    public static byte[] PublicPart(byte[] armoredSecretKey)
    {
        var block = new ArmorReader(armoredSecretKey).ReadNext()!;
        Assert.Null(block.Problem);
        var output = new List<byte>();
        var packets = new PacketReader(block.Data);
        while (packets.TryRead(out var packet))
        {
            var (tag, body) = packet.Tag switch
            {
                PacketTag.SecretKey => (PacketTag.PublicKey, Public(packet, isSubkey: false)),
                PacketTag.SecretSubkey => (PacketTag.PublicSubkey, Public(packet, isSubkey: true)),
                _ => (packet.Tag, packet.Body.ToArray()),
            };
            output.AddRange([(byte)(0xC0 | (int)tag), 0xFF, 0, (byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length, .. body]);
        }

        Assert.Null(packets.Problem);
        return [.. output];
    }

    /// <summary>The packets in a block of armor.</summary>
    public static byte[] Packets(byte[] armor) => new ArmorReader(armor).ReadNext()!.Data.ToArray();

    public static Certificate Rfc9580(string folder) => ForgedCertificate.ReadOnly(PublicPart(File($"openpgp-rfc9580/{folder}/tsk.asc")));

    private static byte[] Public(Packet packet, bool isSubkey)
    {
        Assert.True(PublicKey.TryReadPublicPart(packet.Body, isSubkey, out var key, out string? reason), reason);
        return key.Body.ToArray();
    }
}
