using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;
using static MilterCrypt.OpenPgp.Tests.Certificates.ForgedCertificate;

namespace MilterCrypt.OpenPgp.Tests.Certificates;

/// <summary>What somebody appends to another's certificate on its way, under the key's name.</summary>
public sealed class FloodingTests
{
    private static readonly ForgedSignature Revocation = new(SignatureType.KeyRevocation, Day("2024-05-06"));

    [Theory]
    [InlineData(600)]
    [InlineData(3000)]
    public void SignaturesThatTheKeyDidNotMakeDontKeepItFromBeingUsed(int count)
    {
        var forged = Usual();
        Flood(forged, count, SelfSignature(Made).By(forged.Primary, forged.Primary.Hashed), SignatureType.DirectKey);

        var certificate = forged.Read();
        Assert.Equal("usable", Verdict(certificate.At(Day("2024-06-01"), AlgorithmPolicy.Default)));
        Assert.True(certificate.DirectSignatures.Count <= 500);
    }

    [Theory]
    [InlineData(600)]
    [InlineData(3000)]
    public void ARevocationIsReadHoweverManySignaturesWerePutBeforeIt(int count)
    {
        var forged = Usual();
        Flood(forged, count, SelfSignature(Made).By(forged.Primary, forged.Primary.Hashed), SignatureType.DirectKey);
        forged.OnKey(Revocation);

        Assert.Equal("revoked 2024-05-06", forged.Verdict("2024-06-01"));
    }

    [Fact]
    public void ARevocationIsReadAmongFalseRevocations()
    {
        var forged = Usual();
        Flood(forged, 700, Revocation.By(forged.Primary, forged.Primary.Hashed), SignatureType.KeyRevocation);
        Assert.Equal("usable", forged.Verdict("2024-06-01"));

        forged.OnKey(Revocation);
        Assert.Equal("revoked 2024-05-06", forged.Verdict("2024-06-01"));
    }

    [Fact]
    public void ALargeFloodOfFalseRevocationsIsRefusedSinceAGenuineOneMayBeAmongThem()
    {
        var forged = Usual();
        Flood(forged, 3000, Revocation.By(forged.Primary, forged.Primary.Hashed), SignatureType.KeyRevocation);

        Assert.Equal("more than 200 revocations", ReasonOf([.. forged.Octets, .. Usual().Octets]));
    }

    [Fact]
    public void SignaturesThatVerifyAsBadAreLeftOutOfWhatIsKept()
    {
        var forged = Usual();
        byte[] clean = forged.Read().ToArray();
        Flood(forged, 300, SelfSignature(Made).By(forged.Primary, forged.Primary.Hashed), SignatureType.DirectKey);
        Flood(forged, 50, Revocation.By(forged.Primary, forged.Primary.Hashed), SignatureType.KeyRevocation);
        Flood(forged, 50, Binding(Made).By(forged.Primary, forged.Primary.Hashed), SignatureType.SubkeyBinding);

        var certificate = forged.Read();
        Assert.NotEqual(clean, certificate.ToArray());
        Assert.Equal(clean, certificate.WithoutBadSignatures().ToArray());
        Assert.Equal(400, certificate.WithoutBadSignatures().DroppedPackets);
    }

    [Fact]
    public void WhatIsGoodIsKeptWhenTheBadIsLeftOut()
    {
        var forged = Usual().OnKey(Revocation).OnKey(new ForgedSignature(SignatureType.DirectKey, Made));
        var certificate = forged.Read();

        Assert.Equal(certificate.ToArray(), certificate.WithoutBadSignatures().ToArray());
    }

    [Fact]
    public void ARevocationCanBeMergedIntoAFloodedCertificate()
    {
        var forged = Usual();
        byte[] revoked = [.. new ForgedCertificate(forged.Primary).OnKey(Revocation).Octets];
        Flood(forged, 495, SelfSignature(Made).By(forged.Primary, forged.Primary.Hashed), SignatureType.DirectKey);
        Flood(forged, 200, Revocation.By(forged.Primary, forged.Primary.Hashed), SignatureType.KeyRevocation);

        var merged = forged.Read().MergedWith(ForgedCertificate.ReadOnly(revoked), CertificateLimits.Default);
        var certificate = Assert.IsType<CertificateReading.Readable>(merged).Certificate;
        Assert.Equal("revoked 2024-05-06", certificate.At(Day("2024-06-01"), AlgorithmPolicy.Default).Problem);
    }

    [Fact]
    public void AFloodOfLongSignaturesDoesNotUseUpTheRoom()
    {
        var forged = Usual();
        var signature = new ForgedSignature(SignatureType.DirectKey, Made) { Unhashed = [[255, 0, 0, 0xEA, 0x60, 20, .. new byte[59_999]]] };
        Flood(forged, 40, signature.By(forged.Primary, forged.Primary.Hashed), SignatureType.DirectKey);
        forged.OnKey(Revocation);

        Assert.Equal("revoked 2024-05-06", forged.Verdict("2024-06-01"));
    }

    [Fact]
    public void UserIdsAndSubkeysWithoutASignatureMakeRoom()
    {
        var forged = Usual("Early <early@example.org>");
        for (int i = 0; i < 300; i++)
            forged.UserId($"u{i}@example.org");
        forged.UserId("bob@example.org", SelfSignature(Made));
        byte[] body = ForgedKey.Ecdh(Made).Body;
        for (int i = 0; i < 300; i++)
            forged.Packet(PacketTag.PublicSubkey, Numbered(body, i));

        Assert.Equal("usable", forged.Verdict("2024-06-01"));
    }

    [Fact]
    public void TooMuchOfTheKeysOwnMakingIsRefused()
    {
        var signatures = Usual();
        for (int i = 0; i < 600; i++)
            signatures.OnKey(new ForgedSignature(SignatureType.DirectKey, Made.AddSeconds(i)));
        var userIds = Usual();
        for (int i = 0; i < 300; i++)
            userIds.UserId($"u{i}@example.org", SelfSignature(Made));
        var subkeys = Usual();
        for (int i = 0; i < 120; i++)
            subkeys.Subkey(ForgedKey.Ecdh(Made), Binding(Made));

        Assert.Equal("more than 500 self-signatures", ReasonOf(signatures.Octets));
        Assert.Equal("more than 200 user IDs", ReasonOf(userIds.Octets));
        Assert.Equal("more than 100 subkeys", ReasonOf(subkeys.Octets));
    }

    // Each is another signature, and none of them is good.
    private static void Flood(ForgedCertificate forged, int count, byte[] body, SignatureType type)
    {
        body[1] = (byte)type;
        for (int i = 0; i < count; i++)
        {
            byte[] copy = [.. body];
            copy[^1] = (byte)i;
            copy[^2] = (byte)(i >> 8);
            copy[^3] ^= 1;
            forged.Packet(PacketTag.Signature, copy);
        }
    }

    private static byte[] Numbered(byte[] keyBody, int number) =>
        [.. keyBody[..3], (byte)(number >> 8), (byte)number, .. keyBody[5..]];

    private static string ReasonOf(byte[] input) =>
        Assert.IsType<CertificateReading.Rejected>(Certificate.ReadAll(input, CertificateLimits.Default)[0]).Reason;
}
