using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Tests.Messages;
using MilterCrypt.OpenPgp.Tests.Messages.Reading;

namespace MilterCrypt.OpenPgp.Tests.Hostile;

/// <summary>Signatures announced by one-pass packets, and of the old form, in one message: the outer ones are over a message
/// that is signed itself, of which other programs make this or that.</summary>
public sealed class TwoFormsOfSignaturesTests : IDisposable
{
    private readonly SecretCertificate _alice = Signer.Read("v4-ed25519-x25519");
    private readonly byte[] _onePass, _literal, _signature;

    public TwoFormsOfSignaturesTests()
    {
        var packets = Honest.Packets(Honest.Signed(_alice)).Select(packet => SealedPackets.Packet(packet.Tag, packet.Body.ToArray())).ToList();
        (_onePass, _literal, _signature) = (packets[0], packets[1], packets[2]);
    }

    public void Dispose() => _alice.Dispose();

    [Fact]
    public void AnOldSignatureBeforeAOnePassSignedMessageIsNotOverItsTextAlone() => Assert.Equal(
        [SignatureStatus.Unsupported, SignatureStatus.Good], Statuses([.. _signature, .. _onePass, .. _literal, .. _signature]));

    [Fact]
    public void AOnePassSignatureOverAMessageWithAnOldSignatureIsNotOverItsTextAlone() => Assert.Equal(
        [SignatureStatus.Good, SignatureStatus.Unsupported], Statuses([.. _onePass, .. _signature, .. _literal, .. _signature]));

    [Fact]
    public void OldSignaturesBesideEachOtherAreOverTheSameText() => Assert.Equal(
        [SignatureStatus.Good, SignatureStatus.Good], Statuses([.. _signature, .. _signature, .. _literal]));

    [Fact]
    public void ASignatureWithSomethingBesideItsUnsignedSubpacketsIsMalformed()
    {
        byte[] body = Honest.Packets(_signature)[0].Body.ToArray();
        int unhashed = 6 + ((body[4] << 8) | body[5]);
        Assert.Equal([0, 10, 9, 16], body[unhashed..(unhashed + 4)]);
        foreach (byte length in (byte[])[0, 1, 8, 10, 41])
        {
            body[unhashed + 2] = length;
            var verdict = Assert.Single(Read([.. SealedPackets.Packet(PacketTag.Signature, body), .. _literal]).Content.Signatures);
            Assert.Equal((SignatureStatus.Malformed, "malformed unsigned subpackets"), (verdict.Status, verdict.Problem));
        }
    }

    private ReadMessage Read(byte[] message) => Reading.Message(message, signers: _alice.Certificate);

    private IEnumerable<SignatureStatus> Statuses(byte[] message) => Read(message).Content.Signatures.Select(verdict => verdict.Status);
}
