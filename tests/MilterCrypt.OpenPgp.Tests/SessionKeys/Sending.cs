using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.SessionKeys;

/// <summary>Session keys on their way from sender to recipient.</summary>
internal static class Sending
{
    public static SessionKey Key(int version, SymmetricAlgorithm cipher)
    {
        var key = new SessionKey(version, cipher);
        key.Fill(RandomNumberGenerator.Create());
        return key;
    }

    /// <summary>The packet's body.</summary>
    public static byte[] Body(SessionKey session, PublicKey recipient, bool isAnonymous = false)
    {
        var output = new ArrayBufferWriter<byte>();
        SessionKeyPacket.Write(output, session, recipient, isAnonymous);
        Assert.True(new PacketReader(output.WrittenMemory).TryRead(out var packet));
        return packet.Body.ToArray();
    }

    public static EncryptedSessionKey Packet(SessionKey session, PublicKey recipient, bool isAnonymous = false) =>
        Read(Body(session, recipient, isAnonymous));

    public static EncryptedSessionKey Read(byte[] body)
    {
        Assert.True(EncryptedSessionKey.TryRead(body, out var packet));
        return packet;
    }

    public static SessionKey? Open(
        IReadOnlyList<EncryptedSessionKey> packets, IReadOnlyList<SecretKey> keys, int version, SymmetricAlgorithm? cipher)
    {
        using var random = RandomNumberGenerator.Create();
        return SessionKeyOpener.Open(packets, keys, version, cipher, random);
    }
}
