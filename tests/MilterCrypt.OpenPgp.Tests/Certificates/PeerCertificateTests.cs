using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.OpenPgp.Tests.Certificates;

/// <summary>Keys as other programs make and change them, judged as those programs' users would expect.</summary>
public sealed class PeerCertificateTests
{
    private const string Bob = "Bob <bob@example.org>";

    private static DateTimeOffset Soon => TimeProvider.System.GetUtcNow().AddMinutes(1);

    [Theory]
    [InlineData("rsa3072", "rsa3072", "usable")]
    [InlineData("ed25519", "cv25519", "usable")]
    [InlineData("nistp256", "nistp256", "usable")]
    [InlineData("nistp384", "nistp384", "usable")]
    [InlineData("nistp521", "nistp521", "usable")]
    [InlineData("brainpoolP256r1", "brainpoolP256r1", "usable")]
    [InlineData("brainpoolP384r1", "brainpoolP384r1", "usable")]
    [InlineData("brainpoolP512r1", "brainpoolP512r1", "usable")]
    [InlineData("dsa2048", "cv25519", "usable")]
    [InlineData("rsa1024", "cv25519", "RSA with 1024 bits is too weak")]
    [InlineData("ed25519", "rsa1024", "RSA with 1024 bits is too weak")]
    [InlineData("secp256k1", "cv25519", "unknown curve")]
    public async Task GpgKeysOfEachKind(string primary, string subkey, string verdict)
    {
        GnuPgOwner.SkipWithoutGpg();
        await using var owner = await GnuPgOwner.AppearAsync(Bob, primary);
        await owner.GpgAsync(["--quick-add-key", owner.Fingerprint, subkey, "encr"]);

        Assert.Equal(verdict, await owner.VerdictAsync(Soon));
        Assert.Equal(owner.Fingerprint, (await owner.ExportAsync()).Fingerprint.ToString());
    }

    [Fact]
    public async Task AGpgKeyExpiresAndIsExtended()
    {
        GnuPgOwner.SkipWithoutGpg();
        await using var owner = await GnuPgOwner.AppearAsync(Bob, "ed25519", "2024-03-01", "20240101T120000");
        await owner.GpgAsync(["--faked-system-time", "20240101T130000", "--quick-add-key", owner.Fingerprint, "cv25519", "encr", "never"]);

        Assert.Equal("usable", await owner.VerdictAsync(ForgedCertificate.Day("2024-02-01")));
        Assert.Equal("expired 2024-03-01", await owner.VerdictAsync(ForgedCertificate.Day("2024-04-01")));

        await owner.GpgAsync(["--faked-system-time", "20240215T120000", "--quick-set-expire", owner.Fingerprint, "2025-03-01"]);
        Assert.Equal("usable", await owner.VerdictAsync(ForgedCertificate.Day("2024-04-01")));
        Assert.Equal("expired 2025-03-01", await owner.VerdictAsync(ForgedCertificate.Day("2025-04-01")));

        await owner.GpgAsync(["--faked-system-time", "20240216T120000", "--quick-set-expire", owner.Fingerprint, "0"]);
        Assert.Equal("usable", await owner.VerdictAsync(ForgedCertificate.Day("2035-04-01")));
    }

    [Fact]
    public async Task AGpgKeyThatOnlySigns()
    {
        GnuPgOwner.SkipWithoutGpg();
        await using var owner = await GnuPgOwner.AppearAsync(Bob, "ed25519");

        Assert.Equal("only for signing", await owner.VerdictAsync(Soon));
    }

    [Theory]
    [InlineData(0, "", true)]
    [InlineData(1, ": key was compromised", true)]
    [InlineData(2, ": another key took its place", false)]
    [InlineData(3, ": key is not used any more", false)]
    public async Task ARevokedGpgKey(int reason, string words, bool always)
    {
        GnuPgOwner.SkipWithoutGpg();
        await using var owner = await GnuPgOwner.AppearAsync(Bob, "ed25519", made: "20240101T120000");
        await owner.GpgAsync(["--faked-system-time", "20240101T130000", "--quick-add-key", owner.Fingerprint, "cv25519", "encr"]);
        string before = await owner.VerdictAsync(Soon);
        string today = SignatureDay();
        await owner.RevokeAsync(reason);

        Assert.Equal("usable", before);
        Assert.Contains(await owner.VerdictAsync(Soon), new[] { $"revoked {today}{words}", $"revoked {SignatureDay()}{words}" });
        Assert.Equal(always, await owner.VerdictAsync(ForgedCertificate.Day("2024-06-01")) != "usable");

        static string SignatureDay() => TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", null);
    }

    [Fact]
    public async Task GpgUserIdsComeAndGo()
    {
        GnuPgOwner.SkipWithoutGpg();
        await using var owner = await GnuPgOwner.AppearAsync(Bob, "ed25519");
        await owner.GpgAsync(["--quick-add-key", owner.Fingerprint, "cv25519", "encr"]);
        await owner.GpgAsync(["--quick-add-uid", owner.Fingerprint, "Bob <bob@example.net>"]);
        await owner.GpgAsync(["--quick-add-uid", owner.Fingerprint, "Robert <robert@example.org>"]);
        await owner.GpgAsync(["--quick-set-primary-uid", owner.Fingerprint, "Robert <robert@example.org>"]);
        await owner.GpgAsync(["--quick-revoke-uid", owner.Fingerprint, "Bob <bob@example.net>"]);

        var view = (await owner.ExportAsync()).At(Soon, AlgorithmPolicy.Default);
        Assert.Equal("Robert <robert@example.org>", view.PrimaryUserId!.UserId.Text);
        Assert.Equal("usable", ForgedCertificate.Verdict(view));
        Assert.Equal("usable", ForgedCertificate.Verdict(view, "robert@example.org"));
        Assert.StartsWith("user ID bob@example.net: revoked ", ForgedCertificate.Verdict(view, "bob@example.net"), StringComparison.Ordinal);
        Assert.Equal("no user ID carol@example.org", ForgedCertificate.Verdict(view, "carol@example.org"));
    }

    [Fact]
    public async Task AGpgKeyThatEncryptsWithElGamalIsRefused()
    {
        GnuPgOwner.SkipWithoutGpg();
        await using var owner = await GnuPgOwner.AppearAsync(Bob, "rsa2048");
        await owner.GpgAsync(["--quick-add-key", owner.Fingerprint, "elg2048", "encr"]);

        Assert.Equal("ElGamal is not safe to encrypt with", await owner.VerdictAsync(Soon));
    }

    [Theory]
    [InlineData("cv25519")]
    [InlineData("rsa3k")]
    public async Task SequoiaKeysAreUsableUntilTheyAreRevoked(string suite)
    {
        Assert.SkipUnless(Command.Exists("sq"), "sq is not installed");
        using var folder = new TestDirectory();
        string key = folder.PathOf("key");
        await RunAsync("sq", ["key", "generate", "-c", suite, "--userid", Bob, "--expires-in", "1y", "--export", key, "--rev-cert", folder.PathOf("rev")]);
        byte[] certificate = await RunAsync("sq", ["key", "extract-cert", key]);
        byte[] revoked = await RunAsync("sq", ["revoke", "certificate", "--certificate", key, "retired", "gone"]);

        var view = ForgedCertificate.ReadOnly(certificate).At(Soon, AlgorithmPolicy.Default);
        Assert.Equal("usable", ForgedCertificate.Verdict(view));
        Assert.All(view.Subkeys, subkey => Assert.Null(subkey.Problem));
        Assert.NotNull(view.ExpiresAt);
        Assert.StartsWith("expired ", ForgedCertificate.Verdict(ForgedCertificate.ReadOnly(certificate).At(Soon.AddDays(400), AlgorithmPolicy.Default)), StringComparison.Ordinal);

        // A revocation comes as a signature alone; its place is among the primary key's.
        Assert.Equal(
            "a revocation without its certificate",
            Assert.IsType<CertificateReading.Rejected>(Assert.Single(Certificate.ReadAll(revoked, CertificateLimits.Default))).Reason);
        byte[] merged = [.. Dearmored(certificate), .. Dearmored(revoked)];
        Assert.Contains(
            "key is not used any more",
            ForgedCertificate.Verdict(ForgedCertificate.ReadOnly(merged).At(Soon, AlgorithmPolicy.Default)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sqop")]
    [InlineData("gosop")]
    public async Task StatelessProgramsKeysAreUsable(string program)
    {
        Assert.SkipUnless(Command.Exists(program), $"{program} is not installed");
        byte[] secret = await RunAsync(program, ["generate-key", Bob]);
        byte[] certificate = await RunAsync(program, ["extract-cert"], secret);

        var view = ForgedCertificate.ReadOnly(certificate).At(Soon, AlgorithmPolicy.Default);
        Assert.Equal("usable", ForgedCertificate.Verdict(view));
        Assert.All(view.Subkeys, subkey => Assert.Null(subkey.Problem));
        Assert.True(Assert.IsType<CertificateReading.Rejected>(Assert.Single(Certificate.ReadAll(secret, CertificateLimits.Default))).IsSecretKey);
    }

    [Fact]
    public async Task RnpKeysAreUsable()
    {
        Assert.SkipUnless(Command.Exists("rnpkeys"), "rnp is not installed");
        using var folder = new TestDirectory();
        string[] home = ["--homedir", folder.Root, "--password", ""];
        await RunAsync("rnpkeys", [.. home, "--generate-key", "--userid", Bob, "--numbits", "2048"]);
        byte[] certificate = await RunAsync("rnpkeys", [.. home, "--export-key", "bob@example.org"]);

        Assert.Equal("usable", ForgedCertificate.Verdict(ForgedCertificate.ReadOnly(certificate).At(Soon, AlgorithmPolicy.Default)));
    }

    private static byte[] Dearmored(byte[] armored) => new ArmorReader(armored).ReadNext()!.Data.ToArray();

    private static async Task<byte[]> RunAsync(string program, string[] arguments, byte[]? input = null) =>
        (await Command.RunAsync(program, arguments, input, TestContext.Current.CancellationToken)).OrThrow().Output;
}
