using MilterCrypt.OpenPgp.Signatures;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;
using static MilterCrypt.OpenPgp.Tests.Certificates.ForgedCertificate;

namespace MilterCrypt.OpenPgp.Tests.Certificates;

public sealed class RevocationTests
{
    [Theory]
    [InlineData(RevocationReason.Compromised, "revoked 2024-05-06: key was compromised")]
    [InlineData(RevocationReason.None, "revoked 2024-05-06")]
    [InlineData((RevocationReason)77, "revoked 2024-05-06")]
    public void AHardRevocationHoldsForAllTimes(RevocationReason reason, string verdict)
    {
        var forged = Usual().OnKey(KeyRevocation("2024-05-06", reason));

        Assert.Equal(verdict, forged.Verdict("2024-06-01"));
        Assert.Equal(verdict, forged.Verdict("2024-02-01"));
    }

    [Fact]
    public void ARevocationWithoutAReasonIsHard()
    {
        var forged = Usual().OnKey(new ForgedSignature(SignatureType.KeyRevocation, Day("2024-05-06")));

        Assert.Equal("revoked 2024-05-06", forged.Verdict("2024-02-01"));
    }

    [Theory]
    [InlineData(RevocationReason.Superseded, "revoked 2024-05-06: another key took its place")]
    [InlineData(RevocationReason.Retired, "revoked 2024-05-06: key is not used any more")]
    public void ASoftRevocationHoldsFromItsDayOn(RevocationReason reason, string verdict)
    {
        var forged = Usual().OnKey(KeyRevocation("2024-05-06", reason));

        Assert.Equal("usable", forged.Verdict("2024-05-05"));
        Assert.Equal(verdict, forged.Verdict("2024-05-06"));
        Assert.Equal(Day("2024-05-06"), forged.At("2024-02-01").ChangesAt);
    }

    [Theory]
    [InlineData(HashAlgorithm.Sha1)]
    [InlineData(HashAlgorithm.Md5)]
    public void ARevocationOverAWeakHashStillRevokes(HashAlgorithm hash)
    {
        var forged = Usual().OnKey(KeyRevocation("2024-05-06", RevocationReason.Compromised) with { Hash = hash });

        Assert.Equal("revoked 2024-05-06: key was compromised", forged.Verdict("2024-06-01"));
    }

    [Fact]
    public void NobodyElseCanRevokeAKey()
    {
        var forged = Usual();
        byte[] foreign = KeyRevocation("2024-05-06", RevocationReason.Compromised).By(ForgedKey.Ecdsa(Made), forged.Primary.Hashed);
        byte[] fake = KeyRevocation("2024-05-06", RevocationReason.Compromised).By(forged.Primary, ForgedKey.Ecdsa(Made).Hashed);
        byte[] unheardOf = (KeyRevocation("2024-05-06", RevocationReason.Compromised) with { Hash = (HashAlgorithm)99 })
            .By(forged.Primary, ForgedKey.Ecdsa(Made).Hashed);
        foreach (byte[] body in new[] { foreign, fake, unheardOf })
            forged.Packet(OpenPgp.Packets.PacketTag.Signature, body);

        Assert.Equal("usable", forged.Verdict("2024-06-01"));
    }

    [Fact]
    public void ARevokedSubkeyIsNotUsedAndASoundOneIs()
    {
        var sound = ForgedKey.Ecdh(Made);
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).UserId("bob@example.org", SelfSignature(Made))
            .Subkey(ForgedKey.Ecdh(Made), Binding(Made), SubkeyRevocation("2024-05-06", RevocationReason.Compromised));
        string alone = forged.Verdict("2024-06-01");
        forged.Subkey(sound, Binding(Made));

        Assert.Equal("revoked 2024-05-06: key was compromised", alone);
        var usable = Assert.IsType<OpenPgp.Certificates.EncryptionVerdict.Usable>(forged.At("2024-06-01").ForEncryption());
        Assert.Equal(sound.Fingerprint, Assert.Single(usable.Recipients).Key.Fingerprint.Octets.ToArray());
    }

    [Fact]
    public void ALaterBindingDoesNotBringARevokedSubkeyBack()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).UserId("bob@example.org", SelfSignature(Made))
            .Subkey(ForgedKey.Ecdh(Made), SubkeyRevocation("2024-05-06", RevocationReason.Retired), Binding(Day("2024-05-20")));

        Assert.Equal("revoked 2024-05-06: key is not used any more", forged.Verdict("2024-06-01"));
    }

    [Fact]
    public void ARevokedUserIdNamesNobodyUntilItIsSignedAgain()
    {
        var revocation = new ForgedSignature(SignatureType.CertificationRevocation, Day("2024-05-06"))
        {
            Hashed = [ForgedSignature.Reason(RevocationReason.UserIdInvalid)],
        };
        var forged = Usual("Bob <bob@example.net>")
            .UserId("bob@example.org", SelfSignature(Made), revocation, SelfSignature(Day("2024-07-01")));

        Assert.Equal("usable", forged.Verdict("2024-05-05"));
        Assert.Equal("user ID bob@example.org: revoked 2024-05-06: user ID is not valid any more", forged.Verdict("2024-06-01"));
        Assert.Equal("usable", forged.Verdict("2024-07-01"));
    }

    private static ForgedSignature KeyRevocation(string day, RevocationReason reason) =>
        new(SignatureType.KeyRevocation, Day(day)) { Hashed = [ForgedSignature.Reason(reason)] };

    private static ForgedSignature SubkeyRevocation(string day, RevocationReason reason) =>
        new(SignatureType.SubkeyRevocation, Day(day)) { Hashed = [ForgedSignature.Reason(reason)] };
}
