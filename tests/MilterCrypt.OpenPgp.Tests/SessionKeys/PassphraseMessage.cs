using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Messages.Writing;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.OpenPgp.Tests.SessionKeys;

/// <summary>Puts a message together whose session key only a passphrase opens.</summary>
internal static class PassphraseMessage
{
    public static byte[] Write(SessionKey session, string passphrase, bool isArgon2, ReadOnlySpan<byte> plaintext)
    {
        using var random = RandomNumberGenerator.Create();
        var output = new ArrayBufferWriter<byte>();
        S2k s2k = isArgon2 ? Argon2S2k.Make(random) : HashedS2k.Make(random);
        byte[] octets = System.Text.Encoding.UTF8.GetBytes(passphrase);
        Assert.True(PassphraseSessionKeyPacket.TryWrite(output, session, octets, s2k, random, out string? reason), reason);

        var body = new ArrayBufferWriter<byte>();
        byte[] buffer = new byte[EncryptedDataV2.ChunkLength];
        IOctetSink data = session.PacketVersion == 6
            ? new EncryptedDataV2(new BinaryOutput(body), session, random, buffer)
            : new EncryptedDataV1(new BinaryOutput(body), session, random, buffer);
        data.Write([0xCB, (byte)(6 + plaintext.Length), (byte)'b', 0, 0, 0, 0, 0, .. plaintext]);
        data.Complete();
        ((IDisposable)data).Dispose();
        PacketWriter.Write(output, PacketTag.SymmetricallyEncryptedIntegrityProtectedData, body.WrittenSpan);
        return output.WrittenSpan.ToArray();
    }
}
