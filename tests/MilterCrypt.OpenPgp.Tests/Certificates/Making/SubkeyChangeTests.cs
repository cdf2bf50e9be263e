using System.Security.Cryptography;
using System.Text;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Tests.Certificates.Making;

public sealed class SubkeyChangeTests
{
    private static readonly DateTimeOffset Made = ForgedCertificate.Day("2026-01-01");
    private static readonly byte[] Letter = Encoding.ASCII.GetBytes("Dear Bob");

    private readonly SomeClock _clock = new(Made);

    public static TheoryData<KeyProfile> Profiles => SomeOwner.AllProfiles;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Pgp Pgp => new() { Clock = _clock };

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task ReplacedSubkeysAreUsedNoMoreButWhatTheyDidStaysGood(KeyProfile profile)
    {
        using var secret = Make(profile);
        byte[] oldMessage = await EncryptAsync(secret.Certificate);
        byte[] oldSignature = await SignAsync(secret);
        var (oldSigning, oldEncryption) = (secret.Keys[1].PublicKey, secret.Keys[2].PublicKey);
        _clock.Now = Made.AddDays(1);

        var editor = SomeOwner.Edit(secret, _clock);
        Assert.True(editor.TryReplaceSubkey(oldSigning.Fingerprint, out string? reason), reason);
        Assert.True(editor.TryReplaceSubkey(oldEncryption.Fingerprint, out reason), reason);

        _clock.Now = Made.AddDays(2);
        using var reread = SecretCertificateTests.ReadOnly(secret.ToArray());
        Assert.Equal(5, reread.Keys.Count);
        var usable = Assert.IsType<EncryptionVerdict.Usable>(SomeOwner.Published(reread).At(_clock.Now, AlgorithmPolicy.Default).ForEncryption());
        var newEncryption = Assert.Single(usable.Recipients).Key;
        Assert.NotEqual(oldEncryption.Fingerprint, newEncryption.Fingerprint);
        Assert.Equal(oldEncryption.Algorithm, newEncryption.Algorithm);
        var newSigning = reread.SigningKey(_clock.Now, AlgorithmPolicy.Default, out _)!.PublicKey;
        Assert.NotEqual(oldSigning.Fingerprint, newSigning.Fingerprint);
        Assert.Equal(oldSigning.Algorithm, newSigning.Algorithm);

        Assert.Equal(Letter, await DecryptAsync(reread, oldMessage));
        Assert.Equal(Letter, await DecryptAsync(reread, await EncryptAsync(reread.Certificate)));
        Assert.Equal(SignatureStatus.Good, await VerdictAsync(reread, oldSignature));
        Assert.Equal(SignatureStatus.Good, await VerdictAsync(reread, await SignAsync(reread)));
        Assert.False(editor.TryReplaceSubkey(oldSigning.Fingerprint, out reason));
        Assert.Equal("revoked 2026-01-02: another key took its place", reason);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task ACompromisedSubkeyIsRevokedForAllTimesAndTheOthersAreNot(KeyProfile profile)
    {
        using var secret = Make(profile);
        byte[] signature = await SignAsync(secret);
        _clock.Now = Made.AddDays(1);

        var signing = secret.Keys[1].PublicKey.Fingerprint;
        Assert.True(SomeOwner.Edit(secret, _clock).TryRevokeSubkey(signing, RevocationReason.Compromised, "laptop stolen", out string? reason), reason);

        var view = SomeOwner.Published(secret).At(_clock.Now, AlgorithmPolicy.Default);
        Assert.Null(view.Problem);
        Assert.Equal("revoked 2026-01-02: key was compromised", view.Subkeys.First(subkey => subkey.Key.Fingerprint.Equals(signing)).Problem);
        Assert.IsType<EncryptionVerdict.Usable>(view.ForEncryption());
        Assert.Equal(SignatureStatus.KeyUnfit, await VerdictAsync(secret, signature));
        Assert.Null(secret.SigningKey(_clock.Now, AlgorithmPolicy.Default, out _));
    }

    [Fact]
    public void OnlyWhatASubkeyIsForCanBeAdded()
    {
        using var secret = Make(KeyProfile.Curve25519);
        var editor = SomeOwner.Edit(secret, _clock);

        foreach (var usage in new[] { KeyUsage.None, KeyUsage.Certify, KeyUsage.Sign | KeyUsage.EncryptStorage, KeyUsage.Authenticate })
            Assert.Throws<ArgumentException>(() => editor.AddSubkey(usage));
        Assert.Equal(3, secret.Keys.Count);
        Assert.Equal(2, secret.Certificate.Subkeys.Count);
    }

    [Fact]
    public void ANewSubkeyIsNotWrittenUnlockedBesideLockedOnes()
    {
        using var secret = Make(KeyProfile.Curve25519);
        Assert.True(secret.TrySetPassphrase("old"u8, RandomNumberGenerator.Create(), out _));

        SomeOwner.Edit(secret, _clock).AddSubkey(KeyUsage.Sign);

        Assert.Throws<InvalidOperationException>(secret.ToArray);
        Assert.Throws<InvalidOperationException>(secret.ToArmor);
        Assert.True(secret.TrySetPassphrase("new"u8, RandomNumberGenerator.Create(), out _));
        using var reread = SecretCertificateTests.ReadOnly(secret.ToArray());
        Assert.All(reread.Keys, static key => Assert.True(key.IsLocked));
        Assert.Equal(4, reread.Keys.Count);
        Assert.True(reread.TryUnlock("new"u8, S2kLimits.Default, out _));
    }

    private async Task<byte[]> EncryptAsync(Certificate certificate)
    {
        using var message = new MemoryStream();
        await Pgp.EncryptAsync(new MemoryStream(Letter), message, [certificate], Token);
        return message.ToArray();
    }

    private async Task<byte[]> DecryptAsync(SecretCertificate secret, byte[] message)
    {
        using var text = new MemoryStream();
        await Pgp.DecryptAsync(new MemoryStream(message), text, [secret], [], Token);
        return text.ToArray();
    }

    private async Task<byte[]> SignAsync(SecretCertificate secret)
    {
        using var signature = new MemoryStream();
        await Pgp.SignAsync(new MemoryStream(Letter), signature, [secret], Token);
        return signature.ToArray();
    }

    private async Task<SignatureStatus> VerdictAsync(SecretCertificate secret, byte[] signature) =>
        Assert.Single(await Pgp.VerifyAsync(new MemoryStream(Letter), signature, [SomeOwner.Published(secret)], Token)).Status;

    private SecretCertificate Make(KeyProfile profile) => SecretCertificate.Generate(SomeOwner.Options(profile) with { Time = _clock });
}
