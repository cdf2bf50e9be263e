using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;

namespace MilterCrypt.OpenPgp.Tests.Secrets;

/// <summary>Takes the secret key packets out of a transferable secret key.</summary>
internal sealed record SecretPacket(byte[] Body, bool IsSubkey)
{
    public static IReadOnlyList<SecretPacket> AllOf(byte[] transferableKey)
    {
        ReadOnlyMemory<byte> octets = ArmorReader.IsBinary(transferableKey)
            ? transferableKey
            : new ArmorReader(transferableKey).ReadNext()!.Data;
        var found = new List<SecretPacket>();
        var packets = new PacketReader(octets);
        while (packets.TryRead(out var packet))
        {
            if (packet.Tag is PacketTag.SecretKey or PacketTag.SecretSubkey)
                found.Add(new SecretPacket(packet.Body.ToArray(), packet.Tag == PacketTag.SecretSubkey));
        }

        Assert.Null(packets.Problem);
        return found;
    }

    public SecretKey Read()
    {
        Assert.True(SecretKey.TryRead(Body, IsSubkey, out var key, out string? reason), reason);
        Assert.Null(reason);
        return key;
    }

    /// <summary>Why it can't be read.</summary>
    public string Refusal()
    {
        Assert.False(SecretKey.TryRead(Body, IsSubkey, out var key, out string? reason));
        Assert.Null(key);
        return reason;
    }
}
