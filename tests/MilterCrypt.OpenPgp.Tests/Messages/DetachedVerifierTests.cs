using System.Text;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;
using MilterCrypt.OpenPgp.Tests.Certificates;
using MilterCrypt.OpenPgp.Tests.Signatures;
using static MilterCrypt.OpenPgp.Tests.Certificates.ForgedCertificate;
using static MilterCrypt.OpenPgp.Tests.Signatures.DataSignature;

namespace MilterCrypt.OpenPgp.Tests.Messages;

public sealed class DetachedVerifierTests
{
    private readonly ForgedCertificate _bob = Usual();
    private readonly ForgedCertificate _carol = Usual("Carol <carol@example.org>");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SeveralSignaturesAreJudgedEachByItself(bool isArmored)
    {
        byte[] text = new ForgedSignature(SignatureType.Text, Signed).OverData(_carol.Primary);
        byte[] packets = [.. Packet(Binary().OverData(_bob.Primary)), .. Packet(text), .. Packet(Binary().OverData(ForgedKey.Ecdsa(Made)))];
        using var verifier = Create(isArmored ? Armor(packets) : packets);
        foreach (byte octet in Data)
            verifier.Write([octet]);

        Assert.True(verifier.Issuers.Name(Fingerprint.FromBytes(_bob.Primary.Fingerprint)));
        Assert.True(verifier.Issuers.Name(Fingerprint.FromBytes(_carol.Primary.Fingerprint)));
        Assert.False(verifier.Issuers.Name(Fingerprint.FromBytes(ForgedKey.Ecdsa(Made).Fingerprint)));
        var verdicts = verifier.Judge([_bob.Read(), _carol.Read()], Now, AlgorithmPolicy.Default);
        Assert.Equal([SignatureStatus.Good, SignatureStatus.Good, SignatureStatus.KeyMissing], verdicts.Select(verdict => verdict.Status));
    }

    [Fact]
    public void ASignatureOfAnUnknownVersionDoesNotHideTheOthers()
    {
        byte[] body = Binary().OverData(_bob.Primary);
        using var verifier = Create([.. Packet([5, .. body[1..]]), .. Packet(body), .. Packet([])]);
        verifier.Write(Data);

        Assert.Equal(
            [(SignatureStatus.Unsupported, "unknown signature version 5"), (SignatureStatus.Good, null), (SignatureStatus.Malformed, "empty signature packet")],
            verifier.Judge([_bob.Read()], Now, AlgorithmPolicy.Default).Select(verdict => (verdict.Status, verdict.Problem)));
    }

    [Fact]
    public void NoCutAndNoFlippedBitOfABlockIsGoodForOtherDataOrThrows()
    {
        byte[] block = Packet(Binary().OverData(_bob.Primary));
        var bob = _bob.Read();
        for (int length = 0; length < block.Length; length++)
            Assert.DoesNotContain(Verdicts(block[..length], Data, bob), verdict => verdict.IsGood);
        for (int bit = 0; bit < 8 * block.Length; bit++)
        {
            byte[] flipped = [.. block];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.DoesNotContain(Verdicts(flipped, [.. Data, 0], bob), verdict => verdict.IsGood);

            // What can change and stay good says the same: how many zeros come before a number, say.
            foreach (var verdict in Verdicts(flipped, Data, bob).Where(verdict => verdict.IsGood))
                Assert.Equal((Signed, HashAlgorithm.Sha256, SignatureType.Binary), (verdict.CreatedAt, verdict.HashAlgorithm, verdict.Type));
        }
    }

    [Theory]
    [InlineData("", "no PGP SIGNATURE")]
    [InlineData("hello\n", "no PGP SIGNATURE")]
    [InlineData("-----BEGIN PGP MESSAGE-----\n\ny0p1\n-----END PGP MESSAGE-----\n", "no PGP SIGNATURE")]
    public void WhatIsNoBlockOfSignaturesSaysWhy(string block, string reason) =>
        Assert.Equal(reason, Reason(Encoding.ASCII.GetBytes(block)));

    [Fact]
    public void OtherPacketsAreRefusedAndHarmlessOnesAreNot()
    {
        byte[] signature = Packet(Binary().OverData(_bob.Primary));
        byte[] marker = [0xCA, 3, (byte)'P', (byte)'G', (byte)'P'];

        Assert.Equal("a packet of type 11 among signatures", Reason([.. signature, 0xCB, 6, (byte)'b', 0, 0, 0, 0, 0]));
        Assert.Null(Reason([.. marker, .. signature, 0xFC, 1, 0]));
        Assert.Equal("no signature", Reason(marker));
        Assert.Equal("signatures of 2097153 octets", Reason(new byte[(2 * 1024 * 1024) + 1]));
    }

    [Fact]
    public void ManySignaturesAreRefusedTogether()
    {
        byte[] signature = Packet(Binary().OverData(_bob.Primary));
        using var verifier = Create([.. Enumerable.Repeat(signature, 17).SelectMany(octets => octets)]);
        verifier.Write(Data);

        AssertIs(
            SignatureStatus.Malformed, "more than 16 signatures", Assert.Single(verifier.Judge([_bob.Read()], Now, AlgorithmPolicy.Default)));
    }

    private static byte[] Packet(byte[] body) => [0xC2, 0xFF, 0, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body];

    private static byte[] Armor(byte[] packets) => Encoding.ASCII.GetBytes(
        $"-----BEGIN PGP SIGNATURE-----\r\n\r\n{Convert.ToBase64String(packets)}\r\n-----END PGP SIGNATURE-----\r\n");

    private static DetachedVerifier Create(byte[] block)
    {
        Assert.True(DetachedVerifier.TryCreate(block, out var verifier, out string? reason), reason);
        return verifier;
    }

    private static string? Reason(byte[] block)
    {
        bool isCreated = DetachedVerifier.TryCreate(block, out var verifier, out string? reason);
        Assert.Equal(isCreated, verifier is not null);
        verifier?.Dispose();
        return reason;
    }

    private static IReadOnlyList<SignatureVerdict> Verdicts(byte[] block, byte[] data, Certificate candidate)
    {
        if (!DetachedVerifier.TryCreate(block, out var verifier, out _))
            return [];
        using (verifier)
        {
            verifier.Write(data);
            return verifier.Judge([candidate], Now, AlgorithmPolicy.Default);
        }
    }
}
