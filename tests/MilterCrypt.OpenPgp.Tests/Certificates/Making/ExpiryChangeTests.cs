using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Tests.Certificates.Making;

public sealed class ExpiryChangeTests
{
    private static readonly DateTimeOffset Made = ForgedCertificate.Day("2026-01-01");

    private readonly SomeClock _clock = new(Made);

    public static TheoryData<KeyProfile> Profiles => SomeOwner.AllProfiles;

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ACertificateThatEndedLivesAgainOnceItIsExtended(KeyProfile profile)
    {
        using var secret = Make(profile);
        _clock.Now = Made.AddDays(20);
        Assert.Equal("expired 2026-01-11", Problem(secret, 20));

        Assert.True(SomeOwner.Edit(secret, _clock).TryExpireAt(Made.AddDays(40), out string? reason), reason);

        Assert.Null(Problem(secret, 20));
        Assert.Null(Problem(secret, 39));
        Assert.Equal("expired 2026-02-10", Problem(secret, 40));
        Assert.Equal("expired 2026-01-11", Problem(secret, 15));
        Assert.Null(Problem(secret, 5));
        Assert.IsType<EncryptionVerdict.Usable>(View(secret, 20).ForEncryption("bob@example.org", static address => address == "bob@example.org"));
        Assert.NotNull(secret.SigningKey(Made.AddDays(20), AlgorithmPolicy.Default, out _));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void AllElseIsSaidAgain(KeyProfile profile)
    {
        using var secret = Make(profile);
        var before = View(secret, 1);
        _clock.Now = Made.AddDays(1);

        Assert.True(SomeOwner.Edit(secret, _clock).TryExpireAt(null, out string? reason), reason);

        var after = View(secret, 1);
        Assert.Null(after.ExpiresAt);
        Assert.Equal(before.PrimaryKey.Usage, after.PrimaryKey.Usage);
        Assert.Equal(before.PrimaryUserId!.UserId.Text, after.PrimaryUserId!.UserId.Text);
        Assert.All(Changed(secret.Certificate), static pair => Assert.Equal(Said(pair.Old), Said(pair.New)));
        Assert.NotEmpty(Changed(secret.Certificate));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void OfSeveralChangesInOneSecondTheLastOneCounts(KeyProfile profile)
    {
        using var secret = Make(profile);
        var editor = SomeOwner.Edit(secret, _clock);
        for (int days = 20; days < 30; days++)
            Assert.True(editor.TryExpireAt(Made.AddDays(days), out string? reason), reason);

        Assert.Equal(Made.AddDays(29), View(secret, 1).ExpiresAt);
    }

    [Fact]
    public void ASubkeyThatWasToEndWithTheCertificateDoesSoAgainAndAnotherKeepsItsEnd()
    {
        using var secret = Make(KeyProfile.Curve25519);
        var editor = SomeOwner.Edit(secret, _clock);
        var together = editor.AddSubkey(KeyUsage.Sign, Made.AddDays(10));
        var alone = editor.AddSubkey(KeyUsage.Sign, Made.AddDays(5));
        _clock.Now = Made.AddDays(15);

        Assert.True(SomeOwner.Edit(secret, _clock).TryExpireAt(Made.AddDays(40), out string? reason), reason);

        var subkeys = View(secret, 15).Subkeys.ToDictionary(static subkey => subkey.Key.Fingerprint);
        Assert.Equal(Made.AddDays(40), subkeys[together.Fingerprint].ExpiresAt);
        Assert.Null(subkeys[together.Fingerprint].Problem);
        Assert.Equal("expired 2026-01-06", subkeys[alone.Fingerprint].Problem);

        Assert.True(SomeOwner.Edit(secret, _clock).TryExpireSubkeyAt(alone.Fingerprint, null, out reason), reason);
        var renewed = View(secret, 15).Subkeys.First(subkey => subkey.Key.Fingerprint.Equals(alone.Fingerprint));
        Assert.Null(renewed.ExpiresAt);
        Assert.Null(renewed.Problem);
    }

    [Fact]
    public void WhatCannotBeHasAReasonAndChangesNothing()
    {
        using var secret = Make(KeyProfile.Curve25519);
        byte[] before = secret.ToArray();
        var editor = SomeOwner.Edit(secret, _clock);

        Assert.False(editor.TryExpireSubkeyAt(secret.Certificate.Fingerprint, null, out string? reason));
        Assert.Equal($"no subkey {secret.Certificate.Fingerprint}", reason);
        Assert.Throws<ArgumentOutOfRangeException>(() => editor.TryExpireAt(Made, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => editor.TryExpireAt(Made.AddYears(137), out _));
        Assert.Equal(before, secret.ToArray());
    }

    [Fact]
    public void WhoHasNoPrimaryKeyAtHandChangesNothing()
    {
        using var secret = Make(KeyProfile.Curve25519);
        Assert.True(secret.TrySetPassphrase("x"u8, RandomNumberGenerator.Create(), out _));
        using var locked = SecretCertificateTests.ReadOnly(secret.ToArray());
        Assert.Null(CertificateEditor.Open(locked, new ChangeOptions(), out string? refusal));
        Assert.Equal("locked with a passphrase", refusal);

        using var half = SecretCertificateTests.ReadOnly(SomeOwner.WithoutPrimarySecret(secret));
        Assert.Null(CertificateEditor.Open(half, new ChangeOptions(), out refusal));
        Assert.Equal("the secret is not here, it is kept elsewhere", refusal);
    }

    [Fact]
    public void WithoutRandomnessNothingChanges()
    {
        using var secret = Make(KeyProfile.Rfc9580);
        byte[] before = secret.ToArray();
        var editor = CertificateEditor.Open(secret, new ChangeOptions { Time = _clock, Random = new NoRandom() }, out _)!;
        Action[] changes =
        [
            () => editor.TryExpireAt(null, out _),
            () => editor.AddSubkey(KeyUsage.Sign),
            () => editor.TryReplaceSubkey(secret.Keys[1].PublicKey.Fingerprint, out _),
            () => editor.TryRevokeSubkey(secret.Keys[1].PublicKey.Fingerprint, RevocationReason.Retired, "", out _),
            () => editor.TryAddUserId("Bob", out _),
            () => editor.TryRevokeUserId(SomeOwner.UserId, "", out _),
            () => editor.Revoke(RevocationReason.None, ""),
        ];

        Assert.All(changes, static change => Assert.Throws<CryptographicException>(change));
        Assert.Equal(before, secret.ToArray());
    }

    private static string? Problem(SecretCertificate secret, int day) => View(secret, day).Problem;

    private static CertificateView View(SecretCertificate secret, int day) =>
        SomeOwner.Published(secret).At(Made.AddDays(day), AlgorithmPolicy.Default);

    private static List<(SelfSignature Old, SelfSignature New)> Changed(Certificate certificate) =>
    [
        .. certificate.UserIds.Select(static userId => userId.SelfSignatures).Append(certificate.DirectSignatures)
            .Where(static signatures => signatures.Count > 1)
            .Select(static signatures => (signatures[0], signatures[^1])),
    ];

    private static IEnumerable<string> Said(SelfSignature signature) => signature.Signature.SignedSubpackets
        .Where(static subpacket => subpacket.Type is not (SubpacketType.SignatureCreationTime or SubpacketType.KeyExpirationTime))
        .Select(static subpacket => $"{subpacket.Type} {subpacket.IsCritical} {Convert.ToHexString(subpacket.Content.Span)}")
        .Order(StringComparer.Ordinal);

    private SecretCertificate Make(KeyProfile profile) =>
        SecretCertificate.Generate(SomeOwner.Options(profile) with { Validity = TimeSpan.FromDays(10), Time = _clock });
}
