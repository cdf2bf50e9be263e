using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Messages.Writing;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.Messages.Reading;

/// <summary>Makes packets, and encrypts them whatever they are, under a session key that the test knows.</summary>
internal static class SealedPackets
{
    /// <summary>A key of AES-256 of these octets.</summary>
    public static SessionKey Key(int seipdVersion, byte fill = 7)
    {
        var key = new SessionKey(seipdVersion == 2 ? 6 : 3, SymmetricAlgorithm.Aes256);
        using var octets = new Repeating(fill);
        key.Fill(octets);
        return key;
    }

    /// <summary>An encrypted data packet around packets.</summary>
    public static byte[] Seal(int seipdVersion, byte[] packets, byte fill = 7)
    {
        var output = new ArrayBufferWriter<byte>();
        var body = new PartialBodyWriter(
            new BinaryOutput(output), PacketTag.SymmetricallyEncryptedIntegrityProtectedData, new byte[PartialBodyWriter.SmallestPiece]);
        using var key = Key(seipdVersion, fill);
        using var random = RandomNumberGenerator.Create();
        byte[] buffer = new byte[EncryptedDataV2.ChunkLength];
        if (seipdVersion == 2)
        {
            using var data = new EncryptedDataV2(body, key, random, buffer);
            data.Write(packets);
            data.Complete();
        }
        else
        {
            using var data = new EncryptedDataV1(body, key, random, buffer);
            data.Write(packets);
            data.Complete();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>A packet with a definite length.</summary>
    public static byte[] Packet(PacketTag tag, params byte[] body)
    {
        var output = new ArrayBufferWriter<byte>();
        PacketWriter.Write(output, tag, body);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A literal data packet without file name and date.</summary>
    public static byte[] Literal(params byte[] text) => Packet(PacketTag.LiteralData, [(byte)'b', 0, 0, 0, 0, 0, .. text]);

    private sealed class Repeating(byte octet) : RandomNumberGenerator
    {
        public override void GetBytes(byte[] data) => data.AsSpan().Fill(octet);

        public override void GetBytes(Span<byte> data) => data.Fill(octet);
    }
}
