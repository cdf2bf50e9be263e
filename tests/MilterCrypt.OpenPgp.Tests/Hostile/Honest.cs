using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Tests.Messages;
using MilterCrypt.OpenPgp.Tests.Messages.Reading;
using MilterCrypt.OpenPgp.Tests.SessionKeys;
using MilterCrypt.TestSupport.Peers;
using static MilterCrypt.OpenPgp.Tests.Messages.Reading.SealedPackets;

namespace MilterCrypt.OpenPgp.Tests.Hostile;

/// <summary>The whole messages that the tests here cut and change.</summary>
internal static class Honest
{
    public static byte[] Text { get; } = "Tea at five?\r\n- bring cake\r\n"u8.ToArray();

    /// <summary>A one-pass signed message, not encrypted.</summary>
    public static byte[] Signed(SecretCertificate signer, bool isText = false) =>
        Signer.Sign(SignatureForm.Inline, Text, new SigningOptions { Armor = false, IsText = isText }, signer.SigningKey());

    /// <summary>The same as it was done before there were one-pass packets: the signature first.</summary>
    public static byte[] SignedBefore(SecretCertificate signer) =>
        [.. Signer.Sign(SignatureForm.Detached, Text, new SigningOptions { Armor = false }, signer.SigningKey()), .. Literal(Text)];

    /// <summary>A message in one of the forms of encrypted data: 1, 2, or 20 for GnuPG's packet; under the tests' key.</summary>
    public static byte[] Sealed(int form, byte[] packets) => form == 20 ? OcbPacket.Seal(packets) : Seal(form, packets);

    /// <summary>The tests' key, for whatever form.</summary>
    public static SessionKey KeyFor(SessionKeyRequest wanted) => Key(wanted.PacketVersion == 6 ? 2 : 1);

    /// <summary>A message to an owner, whose session key is in its packet.</summary>
    public static byte[] To(SecretCertificate owner, int form, byte[] packets)
    {
        using var session = Key(form == 2 ? 2 : 1);
        return [.. Packet(PacketTag.PublicKeyEncryptedSessionKey, Sending.Body(session, owner.DecryptionKeys[0].PublicKey)), .. Sealed(form, packets)];
    }

    /// <summary>Reads with an owner's keys, and verifies his own signatures.</summary>
    public static ReadMessage Read(byte[] message, SecretCertificate owner, int piece = 50_000) => Reading.Message(
        message, wanted => Sending.Open(wanted.Packets, owner.DecryptionKeys, wanted.PacketVersion, wanted.Cipher), piece, null, owner.Certificate);

    /// <summary>Where the packets of a message begin, and where the last one ends.</summary>
    public static IReadOnlyList<Packet> Packets(byte[] message)
    {
        var packets = new List<Packet>();
        var reader = new PacketReader(message);
        while (reader.TryRead(out var packet))
            packets.Add(packet);
        Assert.Null(reader.Problem);
        return packets;
    }

    /// <summary>Holds what must be true of whatever was read: what is proven in encryption is the text, and a good signature
    /// is over the text.</summary>
    public static void HoldsTrue(ReadMessage read)
    {
        if (!read.IsProven)
            return;
        if (read.Content.Encryption is not null || read.Content.Signatures.Any(verdict => verdict.IsGood))
            Assert.Equal(Text, read.Text);
    }
}
