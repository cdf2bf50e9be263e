using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Signatures;
using static MilterCrypt.OpenPgp.Tests.Certificates.ForgedCertificate;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.Certificates;

public sealed class JudgingTests
{
    [Fact]
    public void ASoundCertificateIsUsableWithItsEncryptionSubkey()
    {
        var primary = ForgedKey.Ecdsa(Made);
        var subkey = ForgedKey.Ecdh(Made);
        var view = new ForgedCertificate(primary).UserId("Bob <bob@example.org>", SelfSignature(Made)).Subkey(subkey, Binding(Made)).At("2024-06-01");

        var usable = Assert.IsType<EncryptionVerdict.Usable>(view.ForEncryption());
        Assert.Equal(subkey.Fingerprint, Assert.Single(usable.Recipients).Key.Fingerprint.Octets.ToArray());
        Assert.Equal("Bob <bob@example.org>", view.PrimaryUserId!.UserId.Text);
        Assert.Null(view.ExpiresAt);
        Assert.Null(view.ChangesAt);
    }

    [Fact]
    public void AnotherAddressThanTheUserIdsIsRefusedByName() =>
        Assert.Equal("no user ID bob@example.org", Usual("Carol <carol@example.org>").Verdict("2024-06-01"));

    [Fact]
    public void AUserIdWithoutASelfSignatureNamesNobody() =>
        Assert.Equal("user ID bob@example.org: no valid self-signature", Usual("Carol <carol@example.org>").UserId("Bob <bob@example.org>").Verdict("2024-06-01"));

    [Fact]
    public void AUserIdSignedBySomebodyElseNamesNobody()
    {
        var mallory = ForgedKey.Ecdsa(Made);
        var forged = Usual("Carol <carol@example.org>").UserId("Bob <bob@example.org>");
        forged.Packet(OpenPgp.Packets.PacketTag.Signature, SelfSignature(Made).By(mallory, forged.Primary.Hashed, HashedUserId("Bob <bob@example.org>")));

        Assert.Equal("user ID bob@example.org: no valid self-signature", forged.Verdict("2024-06-01"));
        Assert.Equal(1, forged.Read().DroppedPackets);
    }

    [Fact]
    public void AKeyExpiresOnItsDayAndNotBefore()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made));
        forged.UserId("bob@example.org", SelfSignature(Made, ForgedSignature.Seconds(9, TimeSpan.FromDays(366))));
        forged.Subkey(ForgedKey.Ecdh(Made), Binding(Made));

        Assert.Equal("usable", Verdict(forged.At(Day("2025-01-01").AddSeconds(-1))));
        Assert.Equal("expired 2025-01-01", forged.Verdict("2025-01-01"));
        Assert.Equal(Day("2025-01-01"), forged.At("2024-06-01").ChangesAt);
        Assert.Equal(Day("2025-01-01"), forged.At("2024-06-01").ExpiresAt);
    }

    [Fact]
    public void AnExpiredSubkeyIsNamedAsSuch()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).UserId("bob@example.org", SelfSignature(Made))
            .Subkey(ForgedKey.Ecdh(Made), Binding(Made, Encrypt, ForgedSignature.Seconds(9, TimeSpan.FromDays(31))));

        Assert.Equal("expired 2024-02-01", forged.Verdict("2024-06-01"));
    }

    [Fact]
    public void ANewerBindingExtendsASubkeysLife()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).UserId("bob@example.org", SelfSignature(Made))
            .Subkey(
                ForgedKey.Ecdh(Made),
                Binding(Day("2024-03-01"), Encrypt, ForgedSignature.Seconds(9, TimeSpan.FromDays(400))),
                Binding(Made, Encrypt, ForgedSignature.Seconds(9, TimeSpan.FromDays(31))));

        Assert.Equal("usable", forged.Verdict("2024-06-01"));
        Assert.Equal("expired 2024-02-01", forged.Verdict("2024-02-15"));
    }

    [Fact]
    public void ANewerSelfSignatureShortensAKeysLife()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made));
        forged.UserId(
            "bob@example.org", SelfSignature(Made), SelfSignature(Day("2024-02-01"), ForgedSignature.Seconds(9, TimeSpan.FromDays(60))));
        forged.Subkey(ForgedKey.Ecdh(Made), Binding(Made));

        Assert.Equal("usable", forged.Verdict("2024-01-15"));
        Assert.Equal("expired 2024-03-01", forged.Verdict("2024-06-01"));
    }

    [Fact]
    public void AKeyOfTomorrowIsNotUsableToday() =>
        Assert.Equal("created in the future (2024-01-01)", Usual().Verdict("2023-12-31"));

    [Fact]
    public void ASelfSignatureOfTomorrowDoesNotCountToday()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).UserId("bob@example.org", SelfSignature(Day("2024-08-01")));

        Assert.Equal("self-signature made in the future (2024-08-01)", forged.Verdict("2024-06-01"));
        Assert.Equal(Day("2024-08-01"), forged.At("2024-06-01").ChangesAt);
    }

    [Fact]
    public void ASelfSignatureFromBeforeItsKeyDoesNotCount()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).UserId("bob@example.org", SelfSignature(Made.AddSeconds(-1)));

        Assert.Equal("self-signature older than the key", forged.Verdict("2024-06-01"));
    }

    [Fact]
    public void AnExpiredSelfSignatureDoesNotCount()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made))
            .UserId("bob@example.org", SelfSignature(Made, ForgedSignature.Seconds(3, TimeSpan.FromDays(31))))
            .Subkey(ForgedKey.Ecdh(Made), Binding(Made));

        Assert.Equal("self-signature expired 2024-02-01", forged.Verdict("2024-06-01"));
        Assert.Equal("usable", forged.Verdict("2024-01-15"));
    }

    [Fact]
    public void ACertificateThatOnlySignsIsRefusedAsSuch()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).UserId("bob@example.org", SelfSignature(Made));

        Assert.Equal("only for signing", forged.Verdict("2024-06-01"));
    }

    [Fact]
    public void AllUsableSubkeysAreTakenNewestFirst()
    {
        ForgedKey[] keys = [ForgedKey.Ecdh(Made), ForgedKey.Ecdh(Day("2024-03-01")), ForgedKey.Ecdh(Day("2024-02-01"))];
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).UserId("bob@example.org", SelfSignature(Made));
        foreach (var key in keys)
            forged.Subkey(key, Binding(Day("2024-04-01")));

        var usable = Assert.IsType<EncryptionVerdict.Usable>(forged.At("2024-06-01").ForEncryption());
        Assert.Equal(
            [keys[1].Fingerprint, keys[2].Fingerprint, keys[0].Fingerprint],
            usable.Recipients.Select(recipient => recipient.Key.Fingerprint.Octets.ToArray()));
    }

    [Fact]
    public void NoMoreThanEightKeysOfOneCertificateAreTaken()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).UserId("bob@example.org", SelfSignature(Made));
        for (int i = 0; i < 12; i++)
            forged.Subkey(ForgedKey.Ecdh(Made), Binding(Made));

        Assert.Equal(8, Assert.IsType<EncryptionVerdict.Usable>(forged.At("2024-06-01").ForEncryption()).Recipients.Count);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(8, true)]
    [InlineData(0x20, false)]
    [InlineData(0, false)]
    public void OnlyTheOwnersWordMakesASubkeyEncrypt(int usage, bool usable)
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).UserId("bob@example.org", SelfSignature(Made))
            .Subkey(ForgedKey.Ecdh(Made), Binding(Made, usage));

        Assert.Equal(usable, forged.Verdict("2024-06-01") == "usable");
    }

    [Fact]
    public void APrimaryKeyEncryptsIfItsOwnerSaysSo()
    {
        var forged = new ForgedCertificate(ForgedKey.Rsa(Made, 2048));
        forged.UserId("bob@example.org", new ForgedSignature(SignatureType.PositiveCertification, Made) { Hashed = [ForgedSignature.Subpacket(27, 0x0F)] });

        var usable = Assert.IsType<EncryptionVerdict.Usable>(forged.At("2024-06-01").ForEncryption());
        Assert.Equal(forged.Primary.Fingerprint, Assert.Single(usable.Recipients).Key.Fingerprint.Octets.ToArray());
    }

    [Fact]
    public void RsaOf1024BitsIsTooWeak()
    {
        var weak = new ForgedCertificate(ForgedKey.Rsa(Made, 1024)).UserId("bob@example.org", SelfSignature(Made));
        var weakSubkey = new ForgedCertificate(ForgedKey.Ecdsa(Made)).UserId("bob@example.org", SelfSignature(Made))
            .Subkey(ForgedKey.Rsa(Made, 1024), Binding(Made));

        Assert.Equal("RSA with 1024 bits is too weak", weak.Verdict("2024-06-01"));
        Assert.Equal("RSA with 1024 bits is too weak", weakSubkey.Verdict("2024-06-01"));
        Assert.Equal("bob@example.org", Assert.Single(weak.At("2024-06-01").UserIds).UserId.Text);
    }

    [Theory]
    [InlineData(HashAlgorithm.Sha1, "2023-01-31", "usable")]
    [InlineData(HashAlgorithm.Sha1, "2023-02-01", "SHA-1 signature made after 2023-02-01")]
    [InlineData(HashAlgorithm.Md5, "2001-01-01", "MD5 signature")]
    [InlineData(HashAlgorithm.Sha512, "2023-02-01", "usable")]
    public void WeakHashesCountInOldSignaturesAlone(HashAlgorithm hash, string made, string verdict)
    {
        var day = Day(made);
        var selfSignatures = new ForgedCertificate(ForgedKey.Rsa(day, 2048))
            .UserId("bob@example.org", SelfSignature(day) with { Hash = hash })
            .Subkey(ForgedKey.Ecdh(day), Binding(day));
        var bindings = new ForgedCertificate(ForgedKey.Rsa(day, 2048))
            .UserId("bob@example.org", SelfSignature(day))
            .Subkey(ForgedKey.Ecdh(day), Binding(day) with { Hash = hash });

        Assert.Equal(verdict, selfSignatures.Verdict("2024-06-01"));
        Assert.Equal(verdict, bindings.Verdict("2024-06-01"));
    }

    [Fact]
    public void AnUnknownCriticalSubpacketMakesASelfSignatureWorthless()
    {
        var critical = new ForgedCertificate(ForgedKey.Ecdsa(Made))
            .UserId("bob@example.org", SelfSignature(Made, ForgedSignature.Subpacket(0x80 | 99, 1)))
            .Subkey(ForgedKey.Ecdh(Made), Binding(Made));
        var harmless = new ForgedCertificate(ForgedKey.Ecdsa(Made))
            .UserId("bob@example.org", SelfSignature(Made, ForgedSignature.Subpacket(99, 1)))
            .Subkey(ForgedKey.Ecdh(Made), Binding(Made));

        Assert.Equal("no valid self-signature: unknown critical subpacket 99", critical.Verdict("2024-06-01"));
        Assert.Equal("usable", harmless.Verdict("2024-06-01"));
    }

    [Fact]
    public void AnUnknownCriticalNotationMakesASelfSignatureWorthless()
    {
        byte[] notation = [0x80, 0, 0, 0, 0, 3, 0, 1, (byte)'a', (byte)'@', (byte)'b', (byte)'1'];
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made))
            .UserId("bob@example.org", SelfSignature(Made, ForgedSignature.Subpacket(0x80 | 20, notation)));

        Assert.Equal("no valid self-signature: unknown critical notation", forged.Verdict("2024-06-01"));
    }

    [Fact]
    public void WhatTheUnsignedPartSaysIsNotBelieved()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).UserId("bob@example.org", SelfSignature(Made));
        forged.Subkey(ForgedKey.Ecdh(Made), Binding(Made, 0x20) with { Unhashed = [ForgedSignature.Subpacket(27, Encrypt)] });

        Assert.Equal("only for signing", forged.Verdict("2024-06-01"));
    }

    [Fact]
    public void FeaturesAndPreferencesComeFromThePrimaryUserId()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made));
        forged.UserId("bob@old.example", SelfSignature(Day("2024-03-01")));
        forged.UserId("bob@example.org", SelfSignature(
            Made, ForgedSignature.Subpacket(25, 1), ForgedSignature.Subpacket(30, 0x09), ForgedSignature.Subpacket(11, 9, 8, 7),
            ForgedSignature.Subpacket(39, 9, 2, 7, 2), ForgedSignature.Subpacket(34, 1)));

        var view = forged.At("2024-06-01");
        Assert.Equal("bob@example.org", view.PrimaryUserId!.UserId.Text);
        Assert.True(view.Capabilities.SupportsSeipdV2);
        Assert.Equal([9, 8, 7], view.Capabilities.Ciphers.Select(cipher => (int)cipher));
        Assert.Equal([(9, 2), (7, 2)], view.Capabilities.AeadCiphersuites.Select(suite => ((int)suite.Cipher, (int)suite.Mode)));
    }

    [Fact]
    public void ADirectKeySignatureSpeaksWhereTheUserIdIsSilent()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made));
        forged.OnKey(new ForgedSignature(SignatureType.DirectKey, Made) { Hashed = [ForgedSignature.Subpacket(30, 0x08), ForgedSignature.Seconds(9, TimeSpan.FromDays(366))] });
        forged.UserId("bob@example.org", SelfSignature(Made)).Subkey(ForgedKey.Ecdh(Made), Binding(Made));

        Assert.True(forged.At("2024-06-01").Capabilities.SupportsSeipdV2);
        Assert.Equal("expired 2025-01-01", forged.Verdict("2025-06-01"));
    }
}
