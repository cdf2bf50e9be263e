using System.Text;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Signatures;
using MilterCrypt.OpenPgp.Tests.Messages;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Certificates.Making;

/// <summary>What became of a certificate, as others see it.</summary>
public sealed class ChangedKeysWithPeersTests
{
    private static readonly byte[] Letter = Encoding.ASCII.GetBytes("Dear Bob\r\n");

    public static TheoryData<string, KeyProfile> PeersAndProfiles
    {
        get
        {
            var cases = new TheoryData<string, KeyProfile>();
            foreach (string peer in new[] { "gpg", "sq", "sqop", "rnp", "trixie/gpg", "trixie/sq", "trixie/sqop" })
                cases.Add(peer, KeyProfile.Curve25519);
            foreach (string peer in new[] { Peer.JavaScript, "trixie/sq", "trixie/sqop", "trixie/rsop" })
                cases.Add(peer, KeyProfile.Rfc9580);
            return cases;
        }
    }

    private static SomeClock TwoDaysAgo => new(DateTimeOffset.UtcNow.AddDays(-2));

    [Theory]
    [MemberData(nameof(PeersAndProfiles))]
    public async Task NobodyEncryptsToWhatHasEndedOrWasRevoked(string name, KeyProfile profile)
    {
        await using var peer = await PeerKeys.FindPeerAsync(name, peer => peer.WhyNot(KeyUse.Encrypt, SomeOwner.Kind(profile)));

        using var expired = SecretCertificate.Generate(SomeOwner.Options(profile) with { Time = TwoDaysAgo, Validity = TimeSpan.FromDays(1) });
        Assert.False(await EncryptsToAsync(peer, expired), "expired");

        using var revoked = SomeOwner.Make(profile);
        Assert.True(await EncryptsToAsync(peer, revoked), "fresh");
        using var signature = new MemoryStream();
        await new Pgp().SignAsync(new MemoryStream(Letter), signature, [revoked], TestContext.Current.CancellationToken);
        Assert.True(await VerifiesAsync(peer, revoked, signature.ToArray()), "signed");
        SomeOwner.Edit(revoked).Revoke(RevocationReason.Compromised, "stolen");
        Assert.False(await VerifiesAsync(peer, revoked, signature.ToArray()), "signed by a revoked key");

        // Sequoia's programs in Debian 12 encrypt to revoked certificates, whoever made them: they only look at the subkey.
        Assert.Equal(peer.Name is "sq 0.27" or "sqop 0.27", await EncryptsToAsync(peer, revoked));

        using var subkey = SomeOwner.Make(profile);
        Assert.True(SomeOwner.Edit(subkey).TryRevokeSubkey(subkey.Keys[2].PublicKey.Fingerprint, RevocationReason.Retired, "", out _));
        Assert.False(await EncryptsToAsync(peer, subkey), "revoked subkey");
    }

    [Theory]
    [MemberData(nameof(PeersAndProfiles))]
    public async Task EverybodyUsesWhatWasExtendedOrReplaced(string name, KeyProfile profile)
    {
        await using var peer = await PeerKeys.FindPeerAsync(name, peer => peer.WhyNot(KeyUse.Encrypt, SomeOwner.Kind(profile)));

        using var secret = SecretCertificate.Generate(SomeOwner.Options(profile) with { Time = TwoDaysAgo, Validity = TimeSpan.FromDays(1) });
        Assert.True(SomeOwner.Edit(secret).TryExpireAt(DateTimeOffset.UtcNow.AddDays(10), out string? reason), reason);
        Assert.True(await EncryptsToAsync(peer, secret), "extended");

        Assert.True(SomeOwner.Edit(secret).TryReplaceSubkey(secret.Keys[2].PublicKey.Fingerprint, out reason), reason);
        Assert.True(await EncryptsToAsync(peer, secret), "replaced");

        var minimal = secret.Certificate.Minimal(DateTimeOffset.UtcNow, AlgorithmPolicy.Default);
        Assert.Equal(0, (await peer.EncryptAsync(new PeerKey(minimal.ToArmor(), secret.ToArmor()), Letter, MessageForm.Default, sign: false)).ExitCode);
    }

    [Theory]
    [InlineData("gpg")]
    [InlineData("trixie/gpg")]
    public async Task GnuPgBelievesACertificationAndARevocationFromTheSafe(string name)
    {
        var host = name == "gpg" ? PeerHost.Machine : PeerHost.Trixie;
        if (host.WhyNot("gpg") is { } missing)
            Assert.Skip(missing);
        using var alice = SecretCertificate.Generate(new KeyGeneration { UserIds = ["Alice <alice@example.org>"] });
        using var bob = SomeOwner.Make(KeyProfile.Rsa3072);
        Assert.True(SomeOwner.Edit(alice).TryCertify(bob.Certificate, SomeOwner.UserId, out var certified, out string? reason), reason);

        await using var home = new GnuPgHome(host);
        string[] trust = ["--trust-model", "pgp"];
        (await home.RunAsync([.. trust, "--import"], alice.Certificate.ToArmor())).OrThrow();
        (await home.RunAsync(["--import"], certified.ToArmor())).OrThrow();
        string listing = (await home.RunAsync([.. trust, "--with-colons", "--check-sigs", "bob@example.org"])).OrThrow().OutputText;
        Assert.Contains(listing.Split('\n'), line =>
            line.StartsWith("sig:!:", StringComparison.Ordinal) && line.Contains(alice.Certificate.PrimaryKey.KeyId.ToString(), StringComparison.Ordinal)
            && line.Split(':')[10] == "10x");

        byte[] revocation = SomeOwner.Edit(bob).MakeRevocationCertificate(RevocationReason.None, "");
        (await home.RunAsync(["--import"], revocation)).OrThrow();
        listing = (await home.RunAsync([.. trust, "--with-colons", "--list-keys", "bob@example.org"])).OrThrow().OutputText;
        Assert.StartsWith("pub:r:", listing.Split('\n').First(static line => line.StartsWith("pub", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    // GnuPG says so and ends well.
    private static async Task<bool> VerifiesAsync(IOpenPgpPeer peer, SecretCertificate secret, byte[] signature)
    {
        var result = await peer.VerifyAsync(SomeOwner.ForPeers(secret), signature, Letter, SignatureForm.Detached);
        return result.ExitCode == 0 && !result.Error.Contains("[GNUPG:] REVKEYSIG", StringComparison.Ordinal);
    }

    private static async Task<bool> EncryptsToAsync(IOpenPgpPeer peer, SecretCertificate secret)
    {
        var result = await peer.EncryptAsync(SomeOwner.ForPeers(secret), Letter, MessageForm.Default, sign: false);
        if (result.ExitCode != 0)
            return false;

        using var text = new MemoryStream();
        await new Pgp().DecryptAsync(new MemoryStream(result.Output), text, [secret], [], TestContext.Current.CancellationToken);
        Assert.Equal(Letter, text.ToArray());
        return true;
    }
}
