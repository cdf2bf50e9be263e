using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;
using static MilterCrypt.OpenPgp.Tests.Certificates.ForgedCertificate;

namespace MilterCrypt.OpenPgp.Tests.Certificates;

/// <summary>A direct-key signature is taken back (RFC 9580 §5.2.1.13).</summary>
public sealed class DirectRevocationTests
{
    private static readonly ForgedSignature Direct = new(SignatureType.DirectKey, Day("2024-02-01"))
    {
        Hashed = [ForgedSignature.Subpacket(27, Certify | Sign)],
    };

    [Theory]
    [InlineData("2024-03-01", "2024-06-01", "revoked 2024-03-01")]
    [InlineData("2024-03-01", "2024-02-15", "usable")] // not yet
    [InlineData("2024-01-15", "2024-06-01", "usable")] // of an earlier one
    public void ADirectKeySignatureIsNotUsedOnceItWasRevoked(string revoked, string day, string verdict)
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).OnKey(Direct)
            .OnKey(new ForgedSignature(SignatureType.CertificationRevocation, Day(revoked)));
        forged.Subkey(ForgedKey.Ecdh(Made), Binding(Made));

        Assert.Equal(verdict, forged.At(day).Problem ?? "usable");
        Assert.Equal(forged.At(day).Problem, ForgedCertificate.ReadOnly(forged.Read().ToArray()).At(Day(day), AlgorithmPolicy.Default).Problem);
    }

    [Fact]
    public void WhatTheUserIdSaysStillHolds()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).OnKey(Direct)
            .OnKey(new ForgedSignature(SignatureType.CertificationRevocation, Day("2024-03-01")));
        forged.UserId("bob@example.org", SelfSignature(Made)).Subkey(ForgedKey.Ecdh(Made), Binding(Made));

        Assert.Equal("usable", forged.Verdict("2024-06-01"));
    }

    [Fact]
    public void ANewerDirectKeySignatureCountsAgain()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).OnKey(Direct)
            .OnKey(new ForgedSignature(SignatureType.CertificationRevocation, Day("2024-03-01")))
            .OnKey(Direct with { CreatedAt = Day("2024-04-01") });

        Assert.Equal("revoked 2024-03-01", forged.At("2024-03-15").Problem);
        Assert.Null(forged.At("2024-06-01").Problem);
    }

    [Fact]
    public void ARevocationThatTheKeyDidNotMakeTakesNothingBack()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).OnKey(Direct);
        byte[] body = new ForgedSignature(SignatureType.CertificationRevocation, Day("2024-03-01")).By(forged.Primary, forged.Primary.Hashed);
        body[^1] ^= 1;

        Assert.Null(forged.Packet(PacketTag.Signature, body).At("2024-06-01").Problem);
    }
}
