using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;
using static MilterCrypt.OpenPgp.Tests.Certificates.ForgedCertificate;

namespace MilterCrypt.OpenPgp.Tests.Certificates;

/// <summary>Somebody whom the owner appointed revokes a key (RFC 9580 §5.2.3.23).</summary>
public sealed class DesignatedRevokerTests
{
    private const string Refusal = "revoked by a designated revoker (not checkable here)";

    private readonly ForgedKey _revoker = ForgedKey.Ecdsa(Made);

    private ForgedSignature Appointment => new(SignatureType.DirectKey, Made)
    {
        Hashed = [ForgedSignature.Subpacket(12, [0x80, (byte)_revoker.Algorithm, .. _revoker.Fingerprint])],
    };

    [Fact]
    public void ARevocationByADesignatedRevokerHoldsAlthoughItCantBeChecked()
    {
        var forged = Usual().OnKey(Appointment);
        Assert.Equal("usable", forged.Verdict("2024-06-01"));

        RevokeBy(forged, _revoker);
        Assert.Equal(Refusal, forged.Verdict("2024-06-01"));
        Assert.Equal(0, forged.Read().DroppedPackets);
    }

    [Fact]
    public void ItHoldsWhereItStandsBeforeTheAppointment()
    {
        var usual = Usual();
        var forged = RevokeBy(new ForgedCertificate(usual.Primary), _revoker).OnKey(Appointment);
        forged.UserId("bob@example.org", SelfSignature(Made)).Subkey(ForgedKey.Ecdh(Made), Binding(Made));

        Assert.Equal(Refusal, forged.Verdict("2024-06-01"));
    }

    [Fact]
    public void ItIsKeptInStoreAndMerge()
    {
        var forged = Usual().OnKey(Appointment);
        var before = forged.Read();
        var after = RevokeBy(forged, _revoker).Read();

        Assert.Equal(Refusal, ForgedCertificate.ReadOnly(after.WithoutBadSignatures().ToArray()).At(Day("2024-06-01"), AlgorithmPolicy.Default).Problem);
        var merged = Assert.IsType<CertificateReading.Readable>(before.MergedWith(after, CertificateLimits.Default)).Certificate;
        Assert.Equal(Refusal, merged.At(Day("2024-06-01"), AlgorithmPolicy.Default).Problem);
        Assert.Equal(after.ToArray(), merged.ToArray());
    }

    [Fact]
    public void ARevocationByAnybodyElseIsLeftOut()
    {
        var forged = RevokeBy(Usual().OnKey(Appointment), ForgedKey.Ecdsa(Made));

        Assert.Equal("usable", forged.Verdict("2024-06-01"));
        Assert.Equal(1, forged.Read().DroppedPackets);
    }

    [Fact]
    public void NobodyIsAppointedByASignatureThatTheKeyDidNotMake()
    {
        var forged = Usual();
        byte[] appointment = Appointment.By(forged.Primary, forged.Primary.Hashed);
        appointment[^1] ^= 1;
        forged.Packet(PacketTag.Signature, appointment);

        Assert.Equal("usable", RevokeBy(forged, _revoker).Verdict("2024-06-01"));
    }

    [Fact]
    public void ASubkeyIsRevokedTheSameWay()
    {
        var subkey = ForgedKey.Ecdh(Made);
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).OnKey(Appointment).UserId("bob@example.org", SelfSignature(Made));
        forged.Subkey(subkey, Binding(Made));
        forged.Packet(
            PacketTag.Signature,
            new ForgedSignature(SignatureType.SubkeyRevocation, Made).By(_revoker, forged.Primary.Hashed, subkey.Hashed));

        Assert.Equal(Refusal, forged.Verdict("2024-06-01"));
    }

    private static ForgedCertificate RevokeBy(ForgedCertificate forged, ForgedKey issuer) => forged.Packet(
        PacketTag.Signature,
        new ForgedSignature(SignatureType.KeyRevocation, Day("2024-05-06")).By(issuer, forged.Primary.Hashed));
}
