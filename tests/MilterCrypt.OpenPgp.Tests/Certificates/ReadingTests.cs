using System.Text;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;
using MilterCrypt.TestSupport;
using static MilterCrypt.OpenPgp.Tests.Certificates.ForgedCertificate;

namespace MilterCrypt.OpenPgp.Tests.Certificates;

public sealed class ReadingTests
{
    [Fact]
    public void WhatIsWrittenReadsBackTheSame()
    {
        var first = Usual().OnKey(new ForgedSignature(SignatureType.DirectKey, Made)).Read();
        var second = ForgedCertificate.ReadOnly(first.ToArray());

        Assert.Equal(first.ToArray(), second.ToArray());
        Assert.Equal("usable", Verdict(second.At(Day("2024-06-01"), AlgorithmPolicy.Default)));
    }

    [Fact]
    public void AKeyringIsReadCertificateByCertificate()
    {
        byte[] keyring = [.. Usual().Octets, .. Usual().Octets, .. Usual().Octets];

        Assert.Equal(3, Read(keyring).OfType<CertificateReading.Readable>().Count());
    }

    [Fact]
    public void PartsOfOneCertificateInSeveralPlacesAreMerged()
    {
        var primary = ForgedKey.Ecdsa(Made);
        var withUserId = new ForgedCertificate(primary).UserId("bob@example.org", SelfSignature(Made));
        var withSubkey = new ForgedCertificate(primary).Subkey(ForgedKey.Ecdh(Made), Binding(Made));
        byte[] input = [.. withUserId.Octets, .. Usual().Octets, .. withSubkey.Octets, .. withUserId.Octets];

        var readings = Read(input);
        var merged = Assert.IsType<CertificateReading.Readable>(readings[0]).Certificate;
        Assert.Equal(2, readings.Count);
        Assert.Equal("usable", Verdict(merged.At(Day("2024-06-01"), AlgorithmPolicy.Default)));
        Assert.Single(Assert.Single(merged.UserIds).SelfSignatures);
    }

    [Fact]
    public void MergingKeepsARevocationThatOnlyOneCopyHas()
    {
        var forged = Usual();
        var before = forged.Read();
        var after = forged.OnKey(new ForgedSignature(SignatureType.KeyRevocation, Day("2024-05-06"))).Read();

        foreach (var reading in new[] { before.MergedWith(after, CertificateLimits.Default), after.MergedWith(before, CertificateLimits.Default) })
        {
            var merged = Assert.IsType<CertificateReading.Readable>(reading).Certificate;
            Assert.Equal("revoked 2024-05-06", merged.At(Day("2024-06-01"), AlgorithmPolicy.Default).Problem);
        }
    }

    [Fact]
    public void ASecretKeyIsRecognisedByNameAndNothingOfItIsKept()
    {
        byte[] armored = Vectors.File("openpgp-rfc9580/v6-25519-annex-a-4/tsk.asc");

        var rejected = Assert.IsType<CertificateReading.Rejected>(Assert.Single(Read(armored)));
        Assert.True(rejected.IsSecretKey);
        Assert.Equal("a secret key, of which nothing is kept", rejected.Reason);
        Assert.Equal("CB186C4F0609A697E4D52DFA6C722B0C1F1E27C18A56708F6525EC27BAD9ACC9", rejected.Fingerprint!.ToString());
    }

    [Fact]
    public void ASecretSubkeyInACertificateSpoilsItAndNotItsNeighbour()
    {
        byte[] input = [.. Usual().Packet(PacketTag.SecretSubkey, ForgedKey.Ecdh(Made).Body).Octets, .. Usual().Octets];

        var readings = Read(input);
        Assert.True(Assert.IsType<CertificateReading.Rejected>(readings[0]).IsSecretKey);
        Assert.IsType<CertificateReading.Readable>(readings[1]);
        Assert.Equal(2, readings.Count);
    }

    [Theory]
    [InlineData(3, "version 3 key, obsolete and insecure")]
    [InlineData(5, "version 5 key (LibrePGP), not supported")]
    [InlineData(7, "unknown key version 7")]
    public void OtherVersionsAreNamedInTheRefusal(byte version, string reason)
    {
        byte[] body = ForgedKey.Ecdsa(Made).Body;
        body[0] = version;
        byte[] input = [0xC6, (byte)body.Length, .. body, .. Usual().Octets];

        var readings = Read(input);
        Assert.Equal(reason, Assert.IsType<CertificateReading.Rejected>(readings[0]).Reason);
        Assert.IsType<CertificateReading.Readable>(readings[1]);
    }

    [Fact]
    public void WhatIsNoCertificateIsCalledSo()
    {
        Assert.Equal("no OpenPGP data", ReasonOf("hello world\n"u8.ToArray()));
        Assert.Equal("no OpenPGP data", ReasonOf([]));
        Assert.Equal("no certificate: it begins with a packet of type 1", ReasonOf([0xC1, 1, 3]));
        Assert.Equal(
            "no certificate, but a PGP MESSAGE",
            ReasonOf(Encoding.ASCII.GetBytes("-----BEGIN PGP MESSAGE-----\n\nwcFM\n-----END PGP MESSAGE-----\n")));
    }

    [Fact]
    public void DamagedArmorIsNeverTakenInPart()
    {
        // What is missing at the end may be a revocation.
        string armored = $"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n{Convert.ToBase64String(Usual().Octets)}\n";

        Assert.IsType<CertificateReading.Readable>(Read(Encoding.ASCII.GetBytes(armored + "-----END PGP PUBLIC KEY BLOCK-----\n"))[0]);
        Assert.Equal("damaged armor (no END line)", ReasonOf(Encoding.ASCII.GetBytes(armored)));
    }

    [Fact]
    public void OthersCertificationsAndPicturesAreLeftOut()
    {
        var forged = Usual();
        forged.Packet(PacketTag.Signature, SelfSignature(Made).By(ForgedKey.Ecdsa(Made), forged.Primary.Hashed));
        forged.Packet(PacketTag.UserAttribute, [1, 2, 3]).Packet((PacketTag)60, [1]);

        var certificate = forged.Read();
        Assert.Equal(3, certificate.DroppedPackets);
        Assert.Equal("usable", Verdict(certificate.At(Day("2024-06-01"), AlgorithmPolicy.Default)));
    }

    [Fact]
    public void ASelfSignatureAfterAPictureIsNotTakenForTheUserIdBeforeIt()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).UserId("bob@example.org");
        forged.Packet(PacketTag.UserAttribute, [1, 2, 3]);
        forged.Packet(PacketTag.Signature, SelfSignature(Made).By(forged.Primary, forged.Primary.Hashed, HashedUserId("bob@example.org")));

        Assert.Empty(Assert.Single(forged.Read().UserIds).SelfSignatures);
    }

    [Fact]
    public void AFloodedCertificateIsReadInBoundedTimeAndItsFloodLeftOut()
    {
        var forged = Usual();
        byte[] foreign = SelfSignature(Made).By(ForgedKey.Ecdsa(Made), forged.Primary.Hashed);
        byte[] packet = [0xC2, (byte)foreign.Length, .. foreign];
        int count = 10_000_000 / packet.Length;
        byte[] flood = [.. Enumerable.Repeat(packet, count).SelectMany(octets => octets)];
        byte[] input = [.. forged.Octets, .. flood];

        Certificate? certificate = null;
        var taken = ProcessorTime.Of(() => certificate = ForgedCertificate.ReadOnly(input));
        Assert.Equal(count, certificate!.DroppedPackets);
        Assert.True(taken < TimeSpan.FromSeconds(5), $"took {taken}");
        Assert.True(certificate.ToArray().Length < 1000);
    }

    [Fact]
    public void ALengthOfFourGibibytesCostsNothing()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("a packet cut short", ReasonOf([0xC6, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 4, 0]));
        Assert.Equal("a packet cut short", ReasonOf([0x9A, 0xFF, 0xFF, 0xFF, 0xFF, 4, 0]));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    [Fact]
    public void ACertificateCutShortAnywhereIsNeverTakenInPart()
    {
        byte[] whole = Usual().Octets;
        var ends = new HashSet<int>();
        for (int end = 0; end < whole.Length;)
        {
            ends.Add(end);
            end += 6 + (whole[end + 4] << 8) + whole[end + 5];
        }

        for (int length = 1; length < whole.Length; length++)
        {
            var reading = Assert.Single(Read(whole[..length]));
            if (!ends.Contains(length))
                Assert.IsType<CertificateReading.Rejected>(reading);
        }
    }

    [Fact]
    public void RandomAndMutatedOctetsEndAsReadings()
    {
        var random = new Random(20260101);
        byte[][] seeds = [Usual().Octets, Vectors.Rfc9580("v6-ed448-x448").ToArray(), Vectors.File("openpgp-interop/keys/gnupg-v1-003.asc")];
        for (int round = 0; round < 4000; round++)
        {
            byte[] octets = [.. seeds[round % seeds.Length]];
            for (int edits = random.Next(1, 12); edits > 0; edits--)
                octets[random.Next(octets.Length)] = (byte)random.Next(256);
            if (round % 5 == 0)
                random.NextBytes(octets);
            if (round % 10 == 0)
                octets[0] = 0xC6;

            foreach (var reading in Read(octets[..random.Next(1, octets.Length + 1)]).OfType<CertificateReading.Readable>())
            {
                _ = reading.Certificate.At(Day("2024-06-01"), AlgorithmPolicy.Default).ForEncryption();
                Assert.NotEmpty(Read(reading.Certificate.ToArray()));
            }
        }
    }

    private static IReadOnlyList<CertificateReading> Read(byte[] input) => Certificate.ReadAll(input, CertificateLimits.Default);

    private static string ReasonOf(byte[] input) => Assert.IsType<CertificateReading.Rejected>(Read(input)[0]).Reason;
}
