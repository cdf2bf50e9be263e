using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Tests.Examples;
using MilterCrypt.OpenPgp.Tests.Messages;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Packages;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests;

/// <summary>What the package's README shows is what the examples are, and they do what it says.</summary>
public sealed class ExampleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void TheReadmeShowsTheExamplesAsTheyAreCompiledHere()
    {
        var examples = new ReadmeExamples("MilterCrypt.OpenPgp");

        Assert.Empty(examples.Differences());
        Assert.Equal(9, examples.Compiled().Count);
        Assert.Equal(9, examples.BlockCount);
    }

    [Fact]
    public async Task WhatTheFirstProgramWritesGnuPgOpens()
    {
        await using var bob = await Correspondent.AppearAsync("bob@example.org", "future-default");
        using var folder = new TestDirectory();
        await File.WriteAllBytesAsync(folder.PathOf("bob.asc"), bob.PublicKey, Token);
        await File.WriteAllTextAsync(folder.PathOf("letter.txt"), "Dear Bob", Token);

        await FirstProgram.RunAsync([folder.PathOf("bob.asc"), folder.PathOf("letter.txt")]);

        byte[] opened = await bob.OpenAsync(await File.ReadAllBytesAsync(folder.PathOf("letter.txt.asc"), Token));
        Assert.Equal("Dear Bob"u8, opened);
    }

    [Fact]
    public async Task ALetterIsDecryptedAndItsWriterKnown()
    {
        using var alice = SecretCertificate.Read((await GnuPgKey("Alice <alice@example.org>")).SecretKey);
        var bob = await GnuPgKey("Bob <bob@example.org>");
        var message = new MemoryStream();
        await new Pgp().EncryptAsync(new MemoryStream("Dear Bob"u8.ToArray()), message, [Certificate.Read(bob.Certificate)], [alice], Token);
        message.Position = 0;
        var letter = new MemoryStream();

        string from = await Letters.DecryptAsync(bob.SecretKey, [], message, letter, alice.Certificate);

        Assert.Equal("from Alice", from);
        Assert.Equal("Dear Bob"u8, letter.ToArray());
    }

    [Fact]
    public void AKeyIsMadeAndChanged()
    {
        var (secretKey, published) = Letters.Generate("correct horse"u8.ToArray());
        using var alice = SecretCertificate.Read(secretKey);
        Assert.Equal(alice.Certificate.ToArray(), Certificate.Read(published).ToArray());
        Assert.True(alice.TryUnlock("correct horse"u8, S2kLimits.Default, out _));
        var before = alice.Certificate.At(DateTimeOffset.UtcNow, AlgorithmPolicy.Default);

        var after = Certificate.Read(Letters.Change(alice, alice.Keys[2].PublicKey.Fingerprint)).At(DateTimeOffset.UtcNow.AddMinutes(1), AlgorithmPolicy.Default);

        Assert.True(after.ExpiresAt > before.ExpiresAt);
        Assert.Equal(3, after.Subkeys.Count);
        Assert.Equal(2, after.Subkeys.Count(static subkey => subkey.Problem is null));
    }

    [Fact]
    public async Task AReportIsSignedAndVerified()
    {
        using var alice = SecretCertificate.Read((await GnuPgKey("Alice <alice@example.org>")).SecretKey);
        var signature = new MemoryStream();

        Assert.True(await Letters.SignAsync(
            alice, new MemoryStream([1, 2, 3]), signature, () => new MemoryStream([1, 2, 3]), signature.ToArray));
    }

    [Fact]
    public async Task ACertificateIsAskedAndAMessageReadPieceByPiece()
    {
        var bob = await GnuPgKey("Bob <bob@example.org>");
        using var secret = SecretCertificate.Read(bob.SecretKey);
        Assert.StartsWith("1 keys to encrypt to", Letters.Judge(secret.Certificate), StringComparison.Ordinal);
        var keys = Assert.IsType<EncryptionVerdict.Usable>(
            secret.Certificate.At(DateTimeOffset.UtcNow, AlgorithmPolicy.Default).ForEncryption()).Recipients;
        byte[] text = Encrypting.Plaintext(50_000);

        byte[] message = Letters.Write(text.Chunk(1000), keys);
        var spool = new Spool();
        var reading = Letters.Read(message.Chunk(777), spool, secret, secret.Certificate);

        Assert.IsType<MessageReading.Read>(reading);
        Assert.Equal(text, spool.Proven);
    }

    private static async Task<PeerKey> GnuPgKey(string userId)
    {
        await using var home = new GnuPgHome();
        (await home.RunAsync(["--passphrase", "", "--quick-generate-key", userId, "future-default", "default", "never"])).OrThrow();
        byte[] certificate = (await home.RunAsync(["--export"])).OrThrow().Output;
        return new PeerKey(certificate, (await home.RunAsync(["--export-secret-keys"])).OrThrow().Output);
    }

    private sealed class Spool : IPlaintextSink
    {
        private readonly List<byte> held = [];

        public byte[]? Proven { get; private set; }

        public void Write(ReadOnlySpan<byte> data) => held.AddRange(data);

        public void Prove() => Proven = [.. held];
    }
}
