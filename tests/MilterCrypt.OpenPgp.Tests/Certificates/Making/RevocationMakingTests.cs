using System.Text;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Tests.Certificates.Making;

public sealed class RevocationMakingTests
{
    private static readonly DateTimeOffset Made = ForgedCertificate.Day("2026-01-01");

    private readonly SomeClock _clock = new(Made);

    public static TheoryData<KeyProfile> Profiles => SomeOwner.AllProfiles;

    [Theory]
    [InlineData(KeyProfile.Curve25519, RevocationReason.None, "revoked 2026-01-02", "revoked 2026-01-02")]
    [InlineData(KeyProfile.Rfc9580, RevocationReason.Compromised, "revoked 2026-01-02: key was compromised", "revoked 2026-01-02: key was compromised")]
    [InlineData(KeyProfile.Curve25519, RevocationReason.Retired, null, "revoked 2026-01-02: key is not used any more")]
    [InlineData(KeyProfile.Rsa3072, RevocationReason.Superseded, null, "revoked 2026-01-02: another key took its place")]
    public void ARevokedCertificateIsRevokedFromThenOnOrForAllTimes(KeyProfile profile, RevocationReason why, string? before, string after)
    {
        using var secret = Make(profile);
        _clock.Now = Made.AddDays(1);

        SomeOwner.Edit(secret, _clock).Revoke(why, "because");

        var certificate = SomeOwner.Published(secret);
        Assert.Equal(before, certificate.At(Made.AddHours(1), AlgorithmPolicy.Default).Problem);
        Assert.Equal(after, certificate.At(_clock.Now, AlgorithmPolicy.Default).Problem);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ARevocationFromTheSafeRevokesItsCertificateAndNoOther(KeyProfile profile)
    {
        using var secret = Make(profile);
        using var other = Make(profile);
        byte[] before = secret.ToArray();
        byte[] revocation = SomeOwner.Edit(secret, _clock).MakeRevocationCertificate(RevocationReason.None, "");
        Assert.Equal(before, secret.ToArray());
        Assert.StartsWith("-----BEGIN PGP PUBLIC KEY BLOCK-----", Encoding.ASCII.GetString(revocation), StringComparison.Ordinal);

        Assert.True(secret.Certificate.TryRevoke(revocation, out var revoked, out string? reason), reason);
        Assert.Equal("revoked 2026-01-01", Certificate.Read(revoked.ToArray()).At(Made, AlgorithmPolicy.Default).Problem);

        Assert.False(other.Certificate.TryRevoke(revocation, out _, out reason));
        Assert.Equal("no revocation of this key", reason);
        foreach (byte[] none in new[] { [], "hello"u8.ToArray(), secret.Certificate.ToArmor(), revocation[..^60] })
            Assert.False(secret.Certificate.TryRevoke(none, out _, out _));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void AUserIdIsAddedRevokedAndAddedAgain(KeyProfile profile)
    {
        using var secret = SecretCertificate.Generate(
            SomeOwner.Options(profile) with { Time = _clock, Validity = TimeSpan.FromDays(10) });
        var editor = SomeOwner.Edit(secret, _clock);

        Assert.True(editor.TryAddUserId("Bob <bob@work.example>", out string? reason), reason);
        Assert.Equal("", Verdict());
        Assert.Equal("bob@example.org", View().PrimaryUserId!.UserId.Address);
        Assert.Equal(Made.AddDays(10), View().ExpiresAt);

        Assert.True(editor.TryRevokeUserId("Bob <bob@work.example>", "left", out reason), reason);
        Assert.Equal("user ID bob@work.example: revoked 2026-01-01: user ID is not valid any more", Verdict());
        Assert.Null(View().Problem);

        _clock.Now = Made.AddDays(1);
        Assert.True(editor.TryAddUserId("Bob <bob@work.example>", out reason), reason);
        Assert.Equal("", Verdict());
        Assert.Equal(2, secret.Certificate.UserIds.Count);
        Assert.Equal(Made.AddDays(10), View().ExpiresAt);

        Assert.False(editor.TryRevokeUserId("Bob", "", out reason));
        Assert.Equal("no user ID Bob", reason);

        CertificateView View() => SomeOwner.Published(secret).At(_clock.Now.AddMinutes(1), AlgorithmPolicy.Default);
        string Verdict() => View().ForEncryption("bob@work.example", static address => address == "bob@work.example") is EncryptionVerdict.Unusable(var why) ? why : "";
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void AMinimalCertificateHasTheNewestOfEachAndAllRevocations(KeyProfile profile)
    {
        using var secret = SecretCertificate.Generate(new KeyGeneration
        {
            Profile = profile, Time = _clock, UserIds = ["Bob <bob@example.org>", "Bob <bob@home.example>", "Bob <old@example.org>"],
        });
        var editor = SomeOwner.Edit(secret, _clock);
        for (int day = 1; day <= 3; day++)
        {
            _clock.Now = Made.AddDays(day);
            Assert.True(editor.TryExpireAt(Made.AddDays(100 + day), out _));
        }

        Assert.True(editor.TryRevokeUserId("Bob <old@example.org>", "", out _));
        Assert.True(editor.TryReplaceSubkey(secret.Keys[2].PublicKey.Fingerprint, out _));
        using var other = Make(KeyProfile.Curve25519);
        _clock.Now = Made.AddDays(4);
        Assert.True(SomeOwner.Edit(other, _clock).TryCertify(secret.Certificate, "Bob <bob@example.org>", out var certified, out string? reason), reason);

        var minimal = certified.Minimal(_clock.Now, AlgorithmPolicy.Default);

        Assert.Single(minimal.DirectSignatures);
        Assert.All(minimal.UserIds, static userId => Assert.Single(userId.SelfSignatures));
        Assert.Equal([0, 0, 1], minimal.UserIds.Select(static userId => userId.Revocations.Count));
        Assert.All(minimal.Subkeys, static subkey => Assert.Single(subkey.Bindings));
        Assert.Equal(Facts(certified), Facts(Certificate.Read(minimal.ToArray())));
        Assert.Equal(0, Certificate.Read(minimal.ToArray()).DroppedPackets);
        Assert.Equal(1, Certificate.Read(certified.ToArray()).DroppedPackets);

        var one = Certificate.Read(certified.Minimal(_clock.Now, AlgorithmPolicy.Default, static address => address == "bob@home.example").ToArray());
        Assert.Equal("bob@home.example", Assert.Single(one.UserIds).UserId.Address);
        Assert.Equal(Made.AddDays(103), one.At(_clock.Now, AlgorithmPolicy.Default).ExpiresAt);
        Assert.IsType<EncryptionVerdict.Usable>(one.At(_clock.Now, AlgorithmPolicy.Default).ForEncryption());

        SomeOwner.Edit(secret, _clock).Revoke(RevocationReason.Retired, "");
        Assert.Equal(
            "revoked 2026-01-05: key is not used any more",
            secret.Certificate.Minimal(_clock.Now, AlgorithmPolicy.Default).At(_clock.Now, AlgorithmPolicy.Default).Problem);

        string Facts(Certificate certificate)
        {
            var view = certificate.At(_clock.Now, AlgorithmPolicy.Default);
            return $"{view.Problem} {view.ExpiresAt} {view.PrimaryKey.Usage} {view.PrimaryUserId!.UserId} {view.Capabilities.SupportsSeipdV2} "
                + string.Join(", ", view.UserIds.Select(static userId => $"{userId.UserId} {userId.Problem}"))
                + string.Join(", ", view.Subkeys.Select(static subkey => $"{subkey.Key.Fingerprint} {subkey.Usage} {subkey.Problem}"));
        }
    }

    [Fact]
    public void OnlyAUserIdThatCountsIsCertified()
    {
        using var alice = Make(KeyProfile.Rfc9580);
        using var bob = Make(KeyProfile.Curve25519);
        var editor = SomeOwner.Edit(alice, _clock);

        Assert.False(editor.TryCertify(bob.Certificate, "Carol", out _, out string? reason));
        Assert.Equal("no user ID Carol", reason);
        Assert.Throws<ArgumentException>(() => editor.TryCertify(alice.Certificate, SomeOwner.UserId, out _, out _));
        SomeOwner.Edit(bob, _clock).Revoke(RevocationReason.Compromised, "");
        Assert.False(editor.TryCertify(bob.Certificate, SomeOwner.UserId, out _, out reason));
        Assert.Equal("revoked 2026-01-01: key was compromised", reason);
    }

    private SecretCertificate Make(KeyProfile profile) => SecretCertificate.Generate(SomeOwner.Options(profile) with { Time = _clock });
}
