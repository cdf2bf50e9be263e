using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Tests.Secrets;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Certificates.Making;

public sealed class PassphraseChangeTests
{
    private static readonly RandomNumberGenerator Random = RandomNumberGenerator.Create();

    [Theory]
    [MemberData(nameof(SecretKeyTests.Folders), MemberType = typeof(SecretKeyTests))]
    public void ASecretKeyOfEachKindIsWrittenAsItWasRead(string folder)
    {
        byte[] binary = Vectors.Packets(Vectors.File($"openpgp-rfc9580/{folder}/tsk.asc"));
        using var secret = SecretCertificateTests.ReadOnly(binary);

        Assert.Equal(binary, secret.ToArray());
    }

    [Theory]
    [MemberData(nameof(SecretKeyTests.Folders), MemberType = typeof(SecretKeyTests))]
    public void APassphraseIsSetChangedAndRemovedAndNothingElseIsTouched(string folder)
    {
        byte[] before = Vectors.Packets(Vectors.File($"openpgp-rfc9580/{folder}/tsk.asc"));
        using var first = SecretCertificateTests.ReadOnly(before);
        Assert.True(first.TrySetPassphrase("first"u8, Random, out string? reason), reason);
        Assert.False(first.IsLocked);

        using var second = SecretCertificateTests.ReadOnly(first.ToArray());
        Assert.All(second.Keys, static key => Assert.True(key.IsLocked));
        Assert.All(
            second.Keys,
            static key => Assert.Equal(key.PublicKey.Version == 6 ? SecretKeyLock.Aead : SecretKeyLock.CfbWithSha1, key.Protection!.Lock));
        Assert.Equal(first.ToArray(), second.ToArray());
        Assert.False(second.TryUnlock("second"u8, S2kLimits.Default, out _));
        Assert.False(second.TrySetPassphrase("second"u8, Random, out reason));
        Assert.Equal("locked with a passphrase", reason);
        Assert.False(second.TryRemovePassphrase(out reason));
        Assert.Equal("locked with a passphrase", reason);

        Assert.True(second.TryUnlock("first"u8, S2kLimits.Default, out reason), reason);
        Assert.True(second.TrySetPassphrase("second"u8, Random, out reason), reason);
        using var third = SecretCertificateTests.ReadOnly(second.ToArmor());
        Assert.False(third.TryUnlock("first"u8, S2kLimits.Default, out _));
        Assert.True(third.TryUnlock("second"u8, S2kLimits.Default, out reason), reason);
        Assert.All(third.Keys, static key => Proof.That(key));
        Assert.True(third.TryRemovePassphrase(out reason), reason);
        Assert.Equal(before, third.ToArray());
    }

    [Theory]
    [InlineData("gnupg-v1-001", "test")]
    [InlineData("gnupg-v1-4-11-001", "test")]
    [InlineData("gnupg-v2-1-5-001", "test")]
    public void OldSecretKeysAreWrittenAsTheyWereReadAndTakeANewPassphrase(string name, string passphrase)
    {
        using var old = SecretCertificateTests.ReadOnly(Vectors.File($"openpgp-interop/secret-keys/{name}-decrypt.asc"));
        using (var same = SecretCertificateTests.ReadOnly(old.ToArray()))
            Assert.Equal(old.Keys.Select(static key => key.Protection!.S2k.Length), same.Keys.Select(static key => key.Protection!.S2k.Length));

        Assert.True(old.TryUnlock(System.Text.Encoding.UTF8.GetBytes(passphrase), S2kLimits.Default, out string? reason), reason);
        Assert.True(old.TrySetPassphrase("new"u8, Random, out reason), reason);
        using var changed = SecretCertificateTests.ReadOnly(old.ToArray());
        Assert.True(changed.TryUnlock("new"u8, S2kLimits.Default, out reason), reason);
        Assert.All(changed.Keys, static key => Proof.That(key));
        Assert.Equal(old.Certificate.ToArray(), changed.Certificate.ToArray());
    }

    [Fact]
    public void ASecretThatIsElsewhereStaysAStub()
    {
        using var secret = SomeOwner.Make(KeyProfile.Curve25519);
        byte[] stub = SomeOwner.WithoutPrimarySecret(secret);
        using var half = SecretCertificateTests.ReadOnly(stub);
        Assert.Equal(2, half.Keys.Count);
        Assert.Equal("the secret is not here, it is kept elsewhere", half.ProblemOf(half.Certificate.Fingerprint));
        Assert.Equal(stub, half.ToArray());

        Assert.True(half.TrySetPassphrase("x"u8, Random, out _));
        using var locked = SecretCertificateTests.ReadOnly(half.ToArray());
        Assert.Equal("the secret is not here, it is kept elsewhere", locked.ProblemOf(half.Certificate.Fingerprint));
        Assert.True(locked.TryUnlock("x"u8, S2kLimits.Default, out _));
    }

    [Theory]
    [InlineData("gpg", KeyProfile.Curve25519)]
    [InlineData("gpg", KeyProfile.Rsa3072)]
    [InlineData("trixie/gpg", KeyProfile.Curve25519)]
    public async Task GnuPgTakesALockedKeyAndDecryptsWithItsPassphraseAlone(string name, KeyProfile profile)
    {
        if (await Peer.FindAsync(name) is not PeerFinding.Found { Peer: var peer })
        {
            Assert.Skip($"{name} is not here");
            return;
        }

        await peer.DisposeAsync();
        using var secret = SomeOwner.Make(profile);
        Assert.True(secret.TrySetPassphrase("correct horse"u8, Random, out string? reason), reason);
        using var message = new MemoryStream();
        await new Pgp().EncryptAsync(new MemoryStream("Dear Bob"u8.ToArray()), message, [secret.Certificate], TestContext.Current.CancellationToken);

        await using var home = new GnuPgHome(name == "gpg" ? PeerHost.Machine : PeerHost.Trixie);
        (await home.RunAsync(["--passphrase", "correct horse", "--import"], secret.ToArmor())).OrThrow();
        Assert.NotEqual(0, (await home.RunAsync(["--passphrase", "wrong", "--decrypt"], message.ToArray())).ExitCode);
        var opened = (await home.RunAsync(["--passphrase", "correct horse", "--decrypt"], message.ToArray())).OrThrow();
        Assert.Equal("Dear Bob", opened.OutputText);
    }

    [Theory]
    [InlineData(KeyProfile.Curve25519)]
    [InlineData(KeyProfile.Rfc9580)]
    public async Task OpenPgpJsUnlocksALockedKeyOfEitherVersion(KeyProfile profile)
    {
        await using var peer = await OpenPgpJs.FindAsync();
        Assert.SkipWhen(peer is null, OpenPgpJs.Missing);
        using var secret = SomeOwner.Make(profile);
        Assert.True(secret.TrySetPassphrase("correct horse"u8, Random, out string? reason), reason);

        byte[] unlocked = await peer.UnlockKeyAsync(secret.ToArmor(), "correct horse");

        using var reread = SecretCertificateTests.ReadOnly(unlocked);
        Assert.False(reread.IsLocked);
        Assert.All(reread.Keys, static key => Proof.That(key));
        Assert.Equal(secret.Keys.Select(static key => key.PublicKey.Fingerprint), reread.Keys.Select(static key => key.PublicKey.Fingerprint));
        await Assert.ThrowsAsync<InvalidOperationException>(() => peer.UnlockKeyAsync(secret.ToArmor(), "wrong"));
    }

    [Fact]
    public void WithoutRandomnessNothingIsLockedAndNothingChanges()
    {
        using var secret = SomeOwner.Make(KeyProfile.Curve25519);
        byte[] before = secret.ToArray();

        Assert.Throws<CryptographicException>(() => secret.TrySetPassphrase("x"u8, new NoRandom(), out _));
        Assert.Equal(before, secret.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => secret.TrySetPassphrase([], Random, out _));
    }

    [Fact]
    public void ADisposedKeyIsNotWritten()
    {
        var secret = SomeOwner.Make(KeyProfile.Curve25519);
        secret.Dispose();

        Assert.Throws<ObjectDisposedException>(secret.ToArray);
    }
}
