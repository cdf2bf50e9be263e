using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;
using MilterCrypt.OpenPgp.Tests.Certificates;
using static MilterCrypt.OpenPgp.Tests.Certificates.ForgedCertificate;
using static MilterCrypt.OpenPgp.Tests.Signatures.DataSignature;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.Signatures;

public sealed class VerdictTests
{
    private const string NotOverThis = "the key that it names did not make it over this data";

    private readonly ForgedCertificate _bob = Usual();

    [Fact]
    public void ASignatureByAFitKeyIsGoodAndSaysWhose()
    {
        var verdict = Judge(Binary().OverData(_bob.Primary), _bob);

        AssertIs(SignatureStatus.Good, null, verdict);
        Assert.Equal(_bob.Primary.Fingerprint, verdict.Certificate!.Fingerprint.Octets.ToArray());
        Assert.Equal(_bob.Primary.Fingerprint, verdict.Key!.Fingerprint.Octets.ToArray());
        Assert.Equal((Signed, HashAlgorithm.Sha256, SignatureType.Binary), (verdict.CreatedAt, verdict.HashAlgorithm, verdict.Type));
        Assert.Equal(_bob.Primary.Fingerprint, Assert.Single(verdict.Issuers.Fingerprints).Octets.ToArray());
    }

    [Fact]
    public void OverOtherDataItIsBadAndProvesNobody()
    {
        var verdict = Judge(Binary().OverData(_bob.Primary), "Tea at six?\r\n"u8.ToArray(), Now, _bob.Read());

        AssertIs(SignatureStatus.Bad, NotOverThis, verdict);
        Assert.Null(verdict.Certificate);
        Assert.Null(verdict.Key);
    }

    [Fact]
    public void WithoutTheCertificateTheKeyIsMissing()
    {
        AssertIs(SignatureStatus.KeyMissing, "the key that made it is not at hand", Judge(Binary().OverData(_bob.Primary)));
        AssertIs(SignatureStatus.KeyMissing, "the key that made it is not at hand", Judge(Binary().OverData(_bob.Primary), Usual()));
    }

    [Fact]
    public void ASignatureThatClaimsAnothersFingerprintIsBad()
    {
        var mallory = ForgedKey.Ecdsa(Made);
        byte[] body = Binary().OverData(mallory);
        _bob.Primary.Fingerprint.CopyTo(body, body.AsSpan().IndexOf(mallory.Fingerprint));

        AssertIs(SignatureStatus.Bad, NotOverThis, Judge(body, _bob));
    }

    [Theory]
    [InlineData("2024-12-31", SignatureStatus.Good, null)]
    [InlineData("2025-01-01", SignatureStatus.KeyUnfit, "expired 2025-01-01")]
    public void AKeyMustNotHaveExpiredWhenItSignedAndMaySince(string day, SignatureStatus status, string? problem)
    {
        var key = ForgedKey.Ecdsa(Made);
        var expiring = new ForgedCertificate(key).UserId("bob@example.org", SelfSignature(Made, ForgedSignature.Seconds(9, TimeSpan.FromDays(366))));

        AssertIs(status, problem, Judge(Binary(Day(day)).OverData(key), Data, Day("2026-01-01"), expiring.Read()));
    }

    [Theory]
    [InlineData(RevocationReason.Superseded, "2024-06-02", SignatureStatus.Good, null)]
    [InlineData(RevocationReason.Superseded, "2024-06-01", SignatureStatus.KeyUnfit, "revoked 2024-06-01: another key took its place")]
    [InlineData(RevocationReason.Retired, "2024-06-02", SignatureStatus.Good, null)]
    [InlineData(RevocationReason.Compromised, "2024-06-02", SignatureStatus.KeyUnfit, "revoked 2024-06-02: key was compromised")]
    [InlineData(RevocationReason.None, "2024-06-02", SignatureStatus.KeyUnfit, "revoked 2024-06-02")]
    public void ASoftRevocationLeavesWhatWasSignedBeforeAndAHardOneLeavesNothing(
        RevocationReason reason, string revoked, SignatureStatus status, string? problem)
    {
        _bob.OnKey(new ForgedSignature(SignatureType.KeyRevocation, Day(revoked)) { Hashed = [ForgedSignature.Reason(reason)] });

        AssertIs(status, problem, Judge(Binary().OverData(_bob.Primary), _bob));
    }

    [Fact]
    public void AnOldCopyOfACertificateDoesNotHideThatItWasRevokedSince()
    {
        byte[] body = Binary().OverData(_bob.Primary);
        var old = new ForgedCertificate(_bob.Primary).UserId("bob@example.org", SelfSignature(Made));
        _bob.OnKey(new ForgedSignature(SignatureType.KeyRevocation, Day("2024-06-02")) { Hashed = [ForgedSignature.Reason(RevocationReason.Compromised)] });

        AssertIs(SignatureStatus.Good, null, Judge(body, old));
        AssertIs(SignatureStatus.KeyUnfit, "revoked 2024-06-02: key was compromised", Judge(body, old, _bob));
        AssertIs(SignatureStatus.KeyUnfit, "revoked 2024-06-02: key was compromised", Judge(body, _bob, old));
    }

    [Fact]
    public void AKeyThatIsNotMeantToSignSignsNothing()
    {
        var key = ForgedKey.Ecdsa(Made);
        var certifier = new ForgedCertificate(key).UserId(
            "bob@example.org",
            new ForgedSignature(SignatureType.PositiveCertification, Made) { Hashed = [ForgedSignature.Subpacket(27, Certify)] });

        AssertIs(SignatureStatus.KeyUnfit, "a key that is not meant to sign", Judge(Binary().OverData(key), certifier));
    }

    [Fact]
    public void ASigningSubkeySignsOnlyWithItsBackSignature()
    {
        var subkey = ForgedKey.Ecdsa(Made);
        byte[] back = new ForgedSignature(SignatureType.PrimaryKeyBinding, Made).By(subkey, _bob.Primary.Hashed, subkey.Hashed);
        byte[] body = Binary().OverData(subkey);
        var bound = new ForgedCertificate(_bob.Primary).UserId("bob@example.org", SelfSignature(Made))
            .Subkey(subkey, Binding(Made, Sign, ForgedSignature.Embedded(back)));
        var grafted = Usual("Mallory <mallory@example.net>").Subkey(subkey, Binding(Made, Sign));

        AssertIs(SignatureStatus.Good, null, Judge(body, bound));
        AssertIs(SignatureStatus.KeyUnfit, "no valid back signature of the signing subkey", Judge(body, grafted));

        // Whoever grafts Bob's subkey onto a certificate of his own does not keep Bob from signing.
        var verdict = Judge(body, grafted, bound);
        AssertIs(SignatureStatus.Good, null, verdict);
        Assert.Equal(_bob.Primary.Fingerprint, verdict.Certificate!.Fingerprint.Octets.ToArray());
        Assert.Equal(subkey.Fingerprint, verdict.Key!.Fingerprint.Octets.ToArray());
    }

    [Theory]
    [InlineData(HashAlgorithm.Sha1, "SHA-1 signature")]
    [InlineData(HashAlgorithm.Md5, "MD5 signature")]
    public void WeakHashesProveNothingWheneverTheySayTheyWereMade(HashAlgorithm hash, string problem)
    {
        var old = Usual(made: Day("2010-01-01"));
        var signature = new ForgedSignature(SignatureType.Binary, Day("2011-01-01")) { Hash = hash };

        AssertIs(SignatureStatus.TooWeak, problem, Judge(signature.OverData(old.Primary), old));
    }

    [Fact]
    public void AnRsaKeyThatIsTooShortProvesNothing()
    {
        var key = ForgedKey.Rsa(Made, 1024);
        var weak = new ForgedCertificate(key).UserId("bob@example.org", SelfSignature(Made));

        AssertIs(SignatureStatus.TooWeak, "RSA with 1024 bits is too weak", Judge(Binary().OverData(key), weak));
    }

    [Theory]
    [InlineData("v4-nistp", HashAlgorithm.Sha224, "a hash of 224 bits is too short for its key")]
    [InlineData("v4-nistp", HashAlgorithm.Sha256, null)]
    [InlineData("v4-legacy", HashAlgorithm.Sha224, "a hash of 224 bits is too short for its key")]
    [InlineData("v6-25519-annex-a-4", HashAlgorithm.Sha3_256, null)]
    [InlineData("v6-ed448-x448", HashAlgorithm.Sha384, "a hash of 384 bits is too short for its key")]
    [InlineData("v6-ed448-x448", HashAlgorithm.Sha3_512, null)]
    [InlineData("v4-rsa", HashAlgorithm.Sha224, null)]
    public void AHashTooShortForItsKeyProvesNothing(string key, HashAlgorithm hash, string? refusal) =>
        Assert.Equal(refusal, AlgorithmPolicy.Default.RefusalOfDataSignature(hash, Vectors.Rfc9580(key).PrimaryKey));

    [Fact]
    public void AHashShorterThanALargeCurveIsStrongEnough()
    {
        var key = ForgedKey.EcdsaP384(Made);
        var certificate = new ForgedCertificate(key).UserId("bob@example.org", SelfSignature(Made));

        AssertIs(SignatureStatus.Good, null, Judge(Binary().OverData(key), certificate));
    }

    [Fact]
    public void ASignatureFromTheFutureIsNotBelievedButClocksMayDifferALittle()
    {
        var body = Binary(Day("2024-06-02")).OverData(_bob.Primary);
        var bob = _bob.Read();

        AssertIs(SignatureStatus.Expired, "made in the future (2024-06-02)", Judge(body, Data, Day("2024-06-01"), bob));
        AssertIs(SignatureStatus.Good, null, Judge(body, Data, Day("2024-06-02").AddMinutes(-5), bob));
        AssertIs(SignatureStatus.Expired, "made in the future (2024-06-02)", Judge(body, Data, Day("2024-06-02").AddMinutes(-5).AddSeconds(-1), bob));
    }

    [Fact]
    public void ASignatureEndsOnItsOwnDay()
    {
        var body = Binary(null, ForgedSignature.Seconds(3, TimeSpan.FromDays(10))).OverData(_bob.Primary);
        var bob = _bob.Read();

        AssertIs(SignatureStatus.Good, null, Judge(body, Data, Day("2024-06-11").AddSeconds(-1), bob));
        AssertIs(SignatureStatus.Expired, "signature expired 2024-06-11", Judge(body, Data, Day("2024-06-11"), bob));
    }

    [Fact]
    public void ASignatureOlderThanItsKeyIsNotBelieved() =>
        AssertIs(SignatureStatus.KeyUnfit, "signature older than the key", Judge(Binary(Day("2023-12-31")).OverData(_bob.Primary), _bob));

    [Theory]
    [InlineData(0x80 | 99, "unknown critical subpacket 99")]
    [InlineData(99, null)]
    public void AnUnknownSubpacketRefusesOnlyIfItIsCritical(int type, string? problem) => AssertIs(
        problem is null ? SignatureStatus.Good : SignatureStatus.Malformed,
        problem,
        Judge(Binary(null, ForgedSignature.Subpacket(type, 1, 2, 3)).OverData(_bob.Primary), _bob));

    [Theory]
    [InlineData(0x80 | 20, "unknown critical notation")]
    [InlineData(20, null)]
    public void AnUnknownNotationRefusesOnlyIfItIsCritical(int type, string? problem)
    {
        byte[] notation = ForgedSignature.Subpacket(type, [0x80, 0, 0, 0, 0, 3, 0, 1, .. "a@b"u8, .. "c"u8]);
        AssertIs(
            problem is null ? SignatureStatus.Good : SignatureStatus.Malformed,
            problem,
            Judge(Binary(null, notation).OverData(_bob.Primary), _bob));
    }

    [Fact]
    public void ACertificationIsNoSignatureOverData() => AssertIs(
        SignatureStatus.Malformed,
        "a signature of type 0x13, which is not over data",
        Judge(new ForgedSignature(SignatureType.PositiveCertification, Signed).OverData(_bob.Primary), _bob));

    [Fact]
    public void AnotherVersionOrAnUnknownHashIsNotSupported()
    {
        byte[] body = Binary().OverData(_bob.Primary);
        byte[] unknownHash = [.. body[..3], 77, .. body[4..]];

        AssertIs(SignatureStatus.Unsupported, "version 3 signature, obsolete", Judge([3, .. body[1..]], _bob));
        AssertIs(SignatureStatus.Unsupported, "unknown signature version 5", Judge([5, .. body[1..]], _bob));
        AssertIs(SignatureStatus.Unsupported, "signature over unknown hash function 77", Judge(unknownHash, _bob));
    }

    [Fact]
    public void ASignatureMatchesTheAddressesThatWereValidWhenItWasMade()
    {
        var certificate = Usual("Bob <bob@example.org>");
        certificate.UserId("Bob <old@example.org>", SelfSignature(Made)).Packet(
            PacketTag.Signature,
            new ForgedSignature(SignatureType.CertificationRevocation, Day("2024-05-01")).By(
                certificate.Primary, certificate.Primary.Hashed, HashedUserId("Bob <old@example.org>")));
        certificate.UserId("Eve <eve@example.org>");
        byte[] body = Binary().OverData(certificate.Primary);
        var verdict = Judge(body, certificate);

        Assert.True(verdict.IsGood);
        Assert.True(verdict.MatchesAddress(address => address == "bob@example.org"));
        Assert.False(verdict.MatchesAddress(address => address == "old@example.org"));
        Assert.False(verdict.MatchesAddress(address => address == "eve@example.org"));
        Assert.True(Judge(Binary(Day("2024-04-01")).OverData(certificate.Primary), certificate).MatchesAddress(address => address == "old@example.org"));
        Assert.False(Judge(body, [1, 2, 3], Now, certificate.Read()).MatchesAddress(_ => true));
    }

    [Fact]
    public void ThePersonTheSignerSpeaksAsAndTheRecipientsAreReported()
    {
        byte[] recipient = Enumerable.Range(1, 20).Select(number => (byte)number).ToArray();
        var body = Binary(
            null,
            ForgedSignature.Subpacket(28, "bob@example.org"u8.ToArray()),
            ForgedSignature.Subpacket(35, [4, .. recipient])).OverData(_bob.Primary);
        var verdict = Judge(body, _bob);

        Assert.True(verdict.IsGood);
        Assert.Equal("bob@example.org", verdict.SignersUserId!.Text);
        Assert.True(verdict.IsIntendedFor(Fingerprint.FromBytes(recipient)));
        Assert.False(verdict.IsIntendedFor(Fingerprint.FromBytes(_bob.Primary.Fingerprint)));
        Assert.True(Judge(Binary().OverData(_bob.Primary), _bob).IsIntendedFor(Fingerprint.FromBytes(recipient)));
    }

    [Fact]
    public void ARecipientThatCanNotBeReadIsNotLeftOutInSilence() => AssertIs(
        SignatureStatus.Malformed,
        "malformed intended recipient",
        Judge(Binary(null, ForgedSignature.Subpacket(35, 4, 1, 2, 3)).OverData(_bob.Primary), _bob));

    [Fact]
    public void AnonymousSignaturesAreTriedWithAFewKeysAndNoMore()
    {
        byte[] anonymous = (Binary() with { NamesIssuer = false }).OverData(_bob.Primary);
        var others = Enumerable.Range(0, 3).Select(_ => new ForgedCertificate(ForgedKey.Ecdsa(Made)).UserId("x@example.org", SelfSignature(Made))).ToArray();

        AssertIs(SignatureStatus.Good, null, Judge(anonymous, [.. others, _bob]));
        AssertIs(SignatureStatus.KeyMissing, "the key that made it is not at hand", Judge(anonymous, [.. others, Usual(), _bob]));
    }

    [Theory]
    [InlineData(32, SignatureStatus.Good, null)]
    [InlineData(0, SignatureStatus.Malformed, "a salt of 0 octets, which its hash function does not have")]
    [InlineData(31, SignatureStatus.Malformed, "a salt of 31 octets, which its hash function does not have")]
    [InlineData(33, SignatureStatus.Malformed, "a salt of 33 octets, which its hash function does not have")]
    public void ASaltOfVersion6HasTheLengthOfItsHash(int saltLength, SignatureStatus status, string? problem)
    {
        var key = new ForgedV6(Made);

        AssertIs(status, problem, Judge(key.OverData(Signed, Data, saltLength), Data, Now, key.Certificate));
    }

    [Fact]
    public void AKeyOfVersion6MakesNoSignatureOfVersion4()
    {
        var key = new ForgedV6(Made);

        AssertIs(SignatureStatus.Bad, NotOverThis, Judge(key.OverDataInVersion4(Signed, Data), Data, Now, key.Certificate));
    }

    [Fact]
    public void NoFlippedBitMakesASignatureGoodForOtherDataOrSaySomethingElse()
    {
        byte[] body = (Binary() with { Unhashed = [ForgedSignature.Subpacket(16, 1, 2, 3, 4, 5, 6, 7, 8)] }).OverData(_bob.Primary);
        int unhashed = 6 + ((body[4] << 8) | body[5]);
        var bob = _bob.Read();
        for (int bit = 0; bit < 8 * body.Length; bit++)
        {
            byte[] flipped = [.. body];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Judge(flipped, [.. Data, 0], Now, bob).IsGood, $"bit {bit}");

            // Hints may change, and the zeros before a number.
            var verdict = Judge(flipped, Data, Now, bob);
            Assert.True(!verdict.IsGood || bit / 8 >= unhashed, $"bit {bit}");
            if (verdict.IsGood)
                Assert.Equal((Signed, HashAlgorithm.Sha256, 0), (verdict.CreatedAt, verdict.HashAlgorithm, verdict.IntendedRecipients.Count));
        }
    }

    [Fact]
    public void WhatTheUnsignedPartSaysIsNotBelieved()
    {
        byte[][] claims =
        [
            ForgedSignature.Seconds(3, TimeSpan.FromSeconds(1)), ForgedSignature.Subpacket(0x80 | 99, 1),
            ForgedSignature.Subpacket(28, "eve@example.org"u8.ToArray()), ForgedSignature.Subpacket(35, [4, .. new byte[20]]),
            ForgedSignature.Subpacket(2, 1, 2, 3, 4), ForgedSignature.Subpacket(33, [4, .. new byte[20]]),
        ];
        foreach (byte[] claim in claims)
        {
            var verdict = Judge((Binary() with { Unhashed = [claim] }).OverData(_bob.Primary), _bob);
            AssertIs(SignatureStatus.Good, null, verdict);
            Assert.Equal((Signed, null, 0), (verdict.CreatedAt, verdict.SignersUserId, verdict.IntendedRecipients.Count));
        }
    }

    [Fact]
    public void ASignatureCutAnywhereIsNeverGood()
    {
        byte[] body = Binary().OverData(_bob.Primary);
        var bob = _bob.Read();
        for (int length = 0; length < body.Length; length++)
            Assert.False(Judge(body[..length], Data, Now, bob).IsGood, $"{length} octets");
    }
}
