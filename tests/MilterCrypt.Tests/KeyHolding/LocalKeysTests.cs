using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Custody.Files;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Tests.KeyHolding;

/// <summary>Keys of the daemon's own process: what each may be used for, and when.</summary>
public sealed class LocalKeysTests : IDisposable
{
    private readonly TestDirectory directory = new();
    private readonly RandomNumberGenerator random = RandomNumberGenerator.Create();
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
    private readonly List<KeyUseFact> audit = [];

    [Fact]
    public async Task AKeySignsUntilItsCertificateExpiresAndDecryptsEverAfter()
    {
        using var made = SecretCertificate.Generate(new KeyGeneration
        {
            Profile = KeyProfile.Curve25519, UserIds = ["Alice <alice@example.org>"], Validity = TimeSpan.FromDays(30),
        });
        var alice = new KeyOwner(made.Certificate);
        await using var source = SourceOf(made.ToArmor());
        Assert.True(await source.HoldsAsync(alice.Certificate.Fingerprint, alice.SigningKey, KeyOperation.Sign, KeyOwner.Ct));
        Assert.True(await alice.VerifiesAsync(await alice.SignAsync(source)));

        var signing = alice.SigningKey;
        var encryption = alice.EncryptionKey;
        byte[] message = await alice.EncryptAsync();
        using var signer = alice.Begin(new(), out var pending);
        clock.Advance(TimeSpan.FromDays(31));
        Assert.False(await source.HoldsAsync(alice.Certificate.Fingerprint, signing, KeyOperation.Sign, KeyOwner.Ct));
        Assert.True(await source.HoldsAsync(alice.Certificate.Fingerprint, encryption, KeyOperation.Open, KeyOwner.Ct));
        var refused = await Assert.ThrowsAsync<SecretKeyException>(async () => await source.SignAsync(pending, KeyOwner.Use, KeyOwner.Ct));
        Assert.Contains("does not sign this: expired ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(KeyOwner.Text, await alice.DecryptAsync(source, message));
        Assert.Equal([KeyUseOutcome.Done, KeyUseOutcome.Refused, KeyUseOutcome.Done], audit.Select(static fact => fact.Outcome));
    }

    [Fact]
    public async Task AKeyThatStandsInSomebodyElsesCertificateIsNotHeldForHim()
    {
        var alice = KeyOwner.Make(KeyProfile.Curve25519, null, out byte[] secrets);
        var mallory = KeyOwner.Make(KeyProfile.Curve25519, null, out _);
        await using var source = SourceOf(secrets);
        Assert.True(await source.HoldsAsync(alice.Certificate.Fingerprint, alice.EncryptionKey, KeyOperation.Open, KeyOwner.Ct));
        Assert.False(await source.HoldsAsync(mallory.Certificate.Fingerprint, alice.EncryptionKey, KeyOperation.Open, KeyOwner.Ct));
    }

    [Fact]
    public async Task ThePrimaryKeyThatOnlyCertifiesSignsNoData()
    {
        var alice = KeyOwner.Make(KeyProfile.Rfc9580, null, out byte[] secrets);
        await using var source = SourceOf(secrets);
        using var signer = MessageSigner.Detached([alice.Certificate.PrimaryKey], new System.Buffers.ArrayBufferWriter<byte>(), new SigningOptions());
        signer.Write(KeyOwner.Text);
        var pending = signer.Finish()[0];
        var refused = await Assert.ThrowsAsync<SecretKeyException>(async () => await source.SignAsync(pending, KeyOwner.Use, KeyOwner.Ct));
        Assert.Contains("it is not for signing data", refused.Message, StringComparison.Ordinal);
        Assert.False(await source.HoldsAsync(alice.Certificate.Fingerprint, alice.Certificate.PrimaryKey, KeyOperation.Sign, KeyOwner.Ct));
    }

    [Fact]
    public async Task AMessageForOthersIsNoFailureAndAKeyThatIsNotHereIsOne()
    {
        var alice = KeyOwner.Make(KeyProfile.Curve25519, null, out byte[] secrets);
        var bob = KeyOwner.Make(KeyProfile.Curve25519, null, out _);
        await using var source = SourceOf(secrets);
        byte[] forBob = await bob.EncryptAsync();
        Assert.Null(await source.OpenAsync(KeyOwner.WantedBy(forBob), [alice.EncryptionKey], KeyOwner.Use, KeyOwner.Ct));
        await Assert.ThrowsAsync<SecretKeyException>(() => bob.DecryptAsync(source, forBob));
        Assert.Equal([KeyUseOutcome.Refused, KeyUseOutcome.NoSuchKey], audit.Select(static fact => fact.Outcome));
    }

    [Fact]
    public async Task KeysMayBeReplacedWhileOthersUseThem()
    {
        var alice = KeyOwner.Make(KeyProfile.Rsa3072, null, out byte[] secrets);
        Write(secrets);
        var keys = new LocalKeys(SecretKeyRing.Read(directory.Root, null), clock, random, static _ => { });
        await using var source = new FileKeySource(keys);
        using var signer = alice.Begin(new(), out var pending);
        using var enough = new CancellationTokenSource();
        using var begun = new CountdownEvent(2);
        var users = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            await source.SignAsync(pending, KeyOwner.Use, CancellationToken.None);
            begun.Signal();
            while (!enough.IsCancellationRequested)
                await source.SignAsync(pending, KeyOwner.Use, CancellationToken.None);
        })).ToArray();
        Assert.True(begun.Wait(Patience.Ample, KeyOwner.Ct));
        for (int i = 0; i < 20; i++)
            keys.Replace(SecretKeyRing.Read(directory.Root, null));
        await enough.CancelAsync();
        await Task.WhenAll(users);
        Assert.NotEqual(0, keys.Count);
    }

    public void Dispose()
    {
        random.Dispose();
        directory.Dispose();
    }

    private void Write(byte[] secrets)
    {
        string file = directory.PathOf("keys.asc");
        File.WriteAllBytes(file, secrets);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private FileKeySource SourceOf(byte[] secrets)
    {
        Write(secrets);
        return new FileKeySource(new LocalKeys(SecretKeyRing.Read(directory.Root, null), clock, random, audit.Add));
    }
}
