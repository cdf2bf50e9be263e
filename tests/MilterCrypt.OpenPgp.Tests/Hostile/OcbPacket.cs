using System.Buffers.Binary;
using MilterCrypt.OpenPgp.Ciphers;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Tests.Messages.Reading;

namespace MilterCrypt.OpenPgp.Tests.Hostile;

/// <summary>Writes GnuPG's packet 20, which MilterCrypt reads and never writes: chunks of 64 octets under the key of
/// <see cref="SealedPackets.Key"/>, by the tests' own understanding of LibrePGP §5.16.</summary>
internal static class OcbPacket
{
    private const int ChunkLength = 64;
    private const int TagLength = 16;

    public static byte[] Seal(byte[] packets)
    {
        byte[] header = [0xD4, 1, (byte)SymmetricAlgorithm.Aes256, (byte)AeadAlgorithm.Ocb, 0];
        byte[] iv = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
        using var key = SealedPackets.Key(1);
        using var cipher = ChunkCipher.ForEncryption(AeadAlgorithm.Ocb, SymmetricAlgorithm.Aes256, key.Octets)!;
        var body = new List<byte>([.. header[1..], .. iv]);
        ulong index = 0;
        foreach (byte[] chunk in packets.Chunk(ChunkLength))
        {
            body.AddRange(Encrypt(chunk, [.. header, .. Number(index)], index));
            index++;
        }

        body.AddRange(Encrypt([], [.. header, .. Number(index), .. Number((ulong)packets.Length)], index));
        return SealedPackets.Packet(PacketTag.OcbEncryptedData, [.. body]);

        byte[] Encrypt(byte[] plaintext, byte[] associated, ulong number)
        {
            byte[] nonce = [.. iv], ciphertext = new byte[plaintext.Length], tag = new byte[TagLength];
            var last = nonce.AsSpan(^sizeof(ulong));
            BinaryPrimitives.WriteUInt64BigEndian(last, BinaryPrimitives.ReadUInt64BigEndian(last) ^ number);
            cipher.Encrypt(nonce, associated, plaintext, ciphertext, tag);
            return [.. ciphertext, .. tag];
        }
    }

    private static byte[] Number(ulong number)
    {
        byte[] octets = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(octets, number);
        return octets;
    }
}
