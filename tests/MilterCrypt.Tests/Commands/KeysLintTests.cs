using System.Globalization;
using System.Text;
using System.Text.Json;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.Tests.Commands.Sop;

namespace MilterCrypt.Tests.Commands;

/// <summary>`miltercrypt keys lint`: what it says of certificates that gpg and the program itself made, and that it says no less
/// and no more than the filter does.</summary>
public sealed class KeysLintTests(People people)
{
    // An embedded signature, of version 4, by a subkey over its primary key.
    private static readonly byte[] BackSignature = [32, 4, 0x19];

    private static readonly string[] KeyVectors =
        [.. Directory.GetFiles(Repository.PathOf("tests/vectors/openpgp-interop/keys"), "*.asc").Order(StringComparer.Ordinal)];

    [Fact]
    public async Task OfAGoodCertificateThereIsNothingToSay()
    {
        using var here = new Installation();
        (await here.RunAsync(["keys", "import", "-"], await GeneratedAsync("--name", "Erin"))).OrThrow();
        var result = await here.RunAsync("keys", "lint");
        Assert.Equal(0, result.ExitCode);
        Assert.Matches("^[0-9A-F]{40}  Erin <erin@example.org>\n0 errors, 0 warnings, 0 notes\n$", result.OutputText);
    }

    [Fact]
    public async Task AnExpiredKeyIsAnErrorWithWhatToAskFor()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        Assert.Equal(0, (await here.RunAsync("keys", "lint")).ExitCode);
        await here.ImportAsync(people.Carol);
        var result = await here.RunAsync("keys", "lint");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("\n  error: expired 2022-03-01\n    ask the owner for the renewed certificate, and import that\n", result.OutputText, StringComparison.Ordinal);
        Assert.EndsWith("\n1 error, 0 warnings, 0 notes\n", result.OutputText, StringComparison.Ordinal);

        // One that is named is looked at alone; who is asked about says which key the filter takes.
        Assert.Equal(["note used"], await FindingsAsync(here, "bob@example.org"));
        Assert.Equal(["error address-unusable", "error expired"], await FindingsAsync(here, "carol@example.org"));
        Assert.Equal(66, (await here.RunAsync("keys", "lint", "nobody@example.org")).ExitCode);
        Assert.Equal(64, (await here.RunAsync("keys", "lint", "neither")).ExitCode);
    }

    [Theory]
    [InlineData("10d", "warning ends-soon")]
    [InlineData("60d", "note ends")]
    [InlineData("120d", null)]
    [InlineData("never", "note never-expires")]
    public async Task WhatEndsSoonIsSaidInTime(string expires, string? finding)
    {
        using var here = new Installation();
        Assert.Equal(finding is null ? [] : [finding], await FindingsAsync(here, here.Write("key.asc", await GeneratedAsync("--expires", expires))));
    }

    [Fact]
    public async Task WhatEndsIsTheKeyThatIsEncryptedToThoughTheCertificateLives()
    {
        using var here = new Installation();
        await using var gnupg = await BeginAsync();
        string key = await GenerateAsync(gnupg, "ECDSA", "nistp256", "Subkey-Type: ECDH", "Subkey-Curve: nistp256");
        (await gnupg.GpgAsync(["--passphrase", "", "--quick-set-expire", key, "20d", "*"])).OrThrow();
        var result = await here.RunAsync("keys", "lint", here.Write("key.pgp", await ExportAsync(gnupg, key)));
        Assert.Matches(@"warning: can't be encrypted to from 20\d\d-\d\d-\d\d on, in 20 days: expired 20", result.OutputText);
    }

    [Fact]
    public async Task OfOnesOwnKeysItIsSaidWhenTheyStopSigning()
    {
        using var here = new Installation();
        here.ConfigureSecrets();
        await using var gnupg = await BeginAsync();
        string key = await GenerateAsync(gnupg, "EDDSA", "ed25519", "Key-Usage: cert", "Subkey-Type: ECDH", "Subkey-Curve: cv25519", "Expire-Date: 2y");
        (await gnupg.GpgAsync(["--passphrase", "", "--quick-add-key", key, "ed25519", "sign", "20d"])).OrThrow();
        string certificate = here.Write("key.pgp", await ExportAsync(gnupg, key));
        Assert.Empty(await FindingsAsync(here, certificate));
        File.WriteAllBytes(Path.Combine(here.SecretKeys, "key.pgp"), (await gnupg.GpgAsync(["--export-secret-keys", key])).OrThrow().Output);
        Assert.Equal(["warning signing-ends-soon"], await FindingsAsync(here, certificate));
    }

    [Fact]
    public async Task WhatIsRevokedIsAnErrorWithItsReason()
    {
        using var here = new Installation();
        byte[] key = (await SopFolder.RunAsync(["generate-key", "Erin <erin@example.org>"])).OrThrow().Output;
        byte[] revoked = (await SopFolder.RunAsync(["revoke-key"], key)).OrThrow().Output;
        Assert.Equal(["error revoked"], await FindingsAsync(here, here.Write("revoked.asc", revoked)));

        string vector = Array.Find(KeyVectors, static name => name.EndsWith("gnupg-v1-004.asc", StringComparison.Ordinal))!;
        var old = await here.RunAsync("keys", "lint", vector);
        Assert.Contains("error: revoked 2014-06-08: key was compromised", old.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WeakKeysAndSignaturesAreNamed()
    {
        using var here = new Installation();
        await using var gnupg = await BeginAsync();
        string rsa = await GenerateAsync(gnupg, "RSA", "2048", "Subkey-Type: ECDH", "Subkey-Curve: cv25519", "Key-Usage: sign");
        Assert.Equal(["note never-expires", "note weak-key"], await FindingsAsync(here, here.Write("rsa.pgp", await ExportAsync(gnupg, rsa))));
        string small = await GenerateAsync(gnupg, "EDDSA", "ed25519", "Subkey-Type: RSA", "Subkey-Length: 1024", "Subkey-Usage: encrypt");
        Assert.Equal(["error unusable", "warning subkey-refused"], await FindingsAsync(here, here.Write("small.pgp", await ExportAsync(gnupg, small))));
        string dsa = await GenerateAsync(gnupg, "DSA", "2048", "Subkey-Type: ECDH", "Subkey-Curve: cv25519");
        Assert.Equal(["warning weak-key", "note never-expires"], await FindingsAsync(here, here.Write("dsa.pgp", await ExportAsync(gnupg, dsa))));

        string[] subkey = ["Subkey-Type: ECDH", "Subkey-Curve: cv25519"];
        string old = await GenerateAsync(gnupg, ["--faked-system-time", "20150101T000000", "--cert-digest-algo", "SHA1"], "EDDSA", "ed25519", subkey);
        var result = await here.RunAsync("keys", "lint", here.Write("old.pgp", await ExportAsync(gnupg, old)));
        Assert.Matches(
            @"warning: counts only because it says that it is old: user ID erin@example\.org \(SHA-1, 2015-01-01\), binding of subkey [0-9A-F]{16} \(SHA-1, 2015-01-01\)\n    ask the owner to renew it",
            result.OutputText);
        string today = await GenerateAsync(gnupg, ["--cert-digest-algo", "SHA1"], "EDDSA", "ed25519", subkey);
        result = await here.RunAsync("keys", "lint", here.Write("today.pgp", await ExportAsync(gnupg, today)));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: SHA-1 signature made after 2023-02-01", result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatTheOwnersSoftwareDoesNotReadIsSaid()
    {
        using var here = new Installation();
        await using var gnupg = await BeginAsync();
        string key = await GenerateAsync(gnupg, "ECDSA", "nistp256", "Subkey-Type: ECDH", "Subkey-Curve: nistp256", "Preferences: 3DES SHA1 no-mdc", "Expire-Date: 1y");
        Assert.Equal(
            ["warning old-ciphers", "warning old-hashes", "note no-integrity-protection"],
            await FindingsAsync(here, here.Write("key.pgp", await ExportAsync(gnupg, key))));
        Assert.Equal(["note version-6"], await FindingsAsync(here, here.Write("v6.asc", await GeneratedAsync("--profile", "rfc9580"))));
    }

    [Fact]
    public async Task WhoAsksForNewMessagesWithAnOldKeyIsNamed()
    {
        if (PeerHost.Trixie.WhyNot("sqop") is { } missing)
            Assert.Skip(missing);
        using var here = new Installation();
        byte[] key = (await PeerHost.Trixie.RunAsync("sqop", ["generate-key", "--profile=rfc4880", "erin@example.org"])).OrThrow().Output;
        byte[] certificate = (await SopFolder.RunAsync(["extract-cert"], key)).OrThrow().Output;
        Assert.Contains("note version-2-messages", await FindingsAsync(here, here.Write("key.asc", certificate)));
    }

    [Fact]
    public async Task UserIdsThatDoNotCountAreNamed()
    {
        using var here = new Installation();
        await using var gnupg = await BeginAsync();
        // gpg dates a revocation in the second after what it revokes.
        string[] then = ["--faked-system-time", DateTime.UtcNow.AddDays(-2).ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture)];
        string key = await GenerateAsync(gnupg, then, "ECDSA", "nistp256", "Subkey-Type: ECDH", "Subkey-Curve: nistp256", "Expire-Date: 1y");
        (await gnupg.GpgAsync([.. then, "--passphrase", "", "--quick-add-uid", key, "second@example.org"])).OrThrow();
        byte[] sound = await ExportAsync(gnupg, key);
        Assert.Empty(await FindingsAsync(here, here.Write("sound.pgp", sound)));

        // A signature that its key did not make: the second user ID's last octet is another one.
        byte[] damaged = [.. sound];
        int second = damaged.AsSpan().IndexOf("second@example.org"u8);
        int end = second + 18 + 2 + damaged[second + 19] - 1;
        damaged[end] ^= 1;
        Assert.Equal(["error user-id-refused", "warning bad-signatures"], await FindingsAsync(here, here.Write("damaged.pgp", damaged)));

        (await gnupg.GpgAsync(["--passphrase", "", "--quick-revoke-uid", key, "second@example.org"])).OrThrow();
        string revoked = here.Write("revoked.pgp", await ExportAsync(gnupg, key));
        Assert.Equal(["note user-id-revoked"], await FindingsAsync(here, revoked));

        // The filter does not encrypt to who is asked for, though the certificate is good.
        (await here.RunAsync("keys", "import", revoked)).OrThrow();
        Assert.Equal(["error address-unusable", "note user-id-revoked"], await FindingsAsync(here, "second@example.org"));
        Assert.Equal(["note used", "note user-id-revoked"], await FindingsAsync(here, "erin@example.org"));

        byte[] nameless = (await SopFolder.RunAsync(["generate-key", "Erin"])).OrThrow().Output;
        byte[] certificate = (await SopFolder.RunAsync(["extract-cert"], nameless)).OrThrow().Output;
        Assert.Equal(["error no-address", "note never-expires"], await FindingsAsync(here, here.Write("nameless.asc", certificate)));
    }

    [Fact]
    public async Task SubkeysThatDoNotCountOrAreManyAreNamed()
    {
        using var here = new Installation();
        await using var gnupg = await BeginAsync();
        string key = await GenerateAsync(gnupg, "ECDSA", "nistp256", "Subkey-Type: ECDH", "Subkey-Curve: nistp256", "Expire-Date: 1y");
        (await gnupg.GpgAsync(["--passphrase", "", "--quick-add-key", key, "ed25519", "sign"])).OrThrow();
        byte[] sound = await ExportAsync(gnupg, key);
        Assert.Empty(await FindingsAsync(here, here.Write("sound.pgp", sound)));

        // gpg leaves the subkey's own signature unsigned; as a subpacket that nobody knows it is as good as gone.
        byte[] alone = [.. sound];
        alone[alone.AsSpan().IndexOf(BackSignature)] = 101;
        Assert.Equal(["warning subkey-refused"], await FindingsAsync(here, here.Write("alone.pgp", alone)));

        (await gnupg.GpgAsync(["--passphrase", "", "--quick-add-key", key, "cv25519", "encr"])).OrThrow();
        Assert.Equal(["note several-encryption-keys"], await FindingsAsync(here, here.Write("two.pgp", await ExportAsync(gnupg, key))));
        for (int i = 0; i < 7; i++)
            (await gnupg.GpgAsync(["--passphrase", "", "--quick-add-key", key, "cv25519", "encr"])).OrThrow();
        Assert.Equal(["warning many-encryption-keys"], await FindingsAsync(here, here.Write("many.pgp", await ExportAsync(gnupg, key))));
    }

    [Fact]
    public async Task WhatOthersAppendedIsCounted()
    {
        using var here = new Installation();
        await using var gnupg = await BeginAsync();
        string key = await GenerateAsync(gnupg, "ECDSA", "nistp256", "Subkey-Type: ECDH", "Subkey-Curve: nistp256", "Expire-Date: 1y");
        (await gnupg.GpgAsync(["--passphrase", "", "--local-user", gnupg.Address, "--quick-sign-key", key])).OrThrow();
        Assert.Equal(["note left-out"], await FindingsAsync(here, here.Write("signed.pgp", await ExportAsync(gnupg, key))));

        string[] userIds = [.. Enumerable.Range(0, 40).Select(static number => $"{new string('x', 1900)}{number} <erin@example.org>")];
        byte[] secret = (await SopFolder.RunAsync(["generate-key", "erin@example.org", .. userIds])).OrThrow().Output;
        byte[] large = (await SopFolder.RunAsync(["extract-cert"], secret)).OrThrow().Output;
        Assert.Contains("note large", await FindingsAsync(here, here.Write("large.asc", large)));
    }

    [Fact]
    public async Task AddressesThatSeveralCertificatesServeAreNamed()
    {
        using var here = new Installation();
        (await here.RunAsync(["keys", "import", "-"], await GeneratedAsync())).OrThrow();
        (await here.RunAsync(["keys", "import", "--replace", "-"], await GeneratedAsync())).OrThrow();
        var result = await here.RunAsync("keys", "lint");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("warning: erin@example.org has 2 usable keys: ", result.OutputText, StringComparison.Ordinal);
        Assert.Equal(["note used", "warning shared-address"], await FindingsAsync(here, "erin@example.org"));
    }

    [Fact]
    public async Task WhatIsNoCertificateIsAnErrorOfItsOwn()
    {
        using var here = new Installation();
        byte[] secret = (await SopFolder.RunAsync(["generate-key", "erin@example.org"])).OrThrow().Output;
        Assert.Equal(["error unreadable"], await FindingsAsync(here, here.Write("secret.asc", secret)));
        Assert.Equal(["error unreadable"], await FindingsAsync(here, here.Write("empty.asc", [])));
        Assert.Equal(["error unreadable"], await FindingsAsync(here, here.Write("letter.asc", "dear key\n"u8.ToArray())));
    }

    /// <summary>Over certificates of three decades: who is told of no error can be encrypted to, and the other way round.</summary>
    [Fact]
    public async Task LintAndTheFilterNeverDisagree()
    {
        using var here = new Installation();
        await here.RunAsync(["keys", "import", "--keep-going", "--replace", .. KeyVectors]);
        await here.ImportAsync(people.Bob);
        await here.ImportAsync(people.Carol);
        using var listed = JsonDocument.Parse((await here.RunAsync("keys", "list", "--json")).OrThrow().Output);
        int addresses = 0;
        foreach (var key in listed.RootElement.EnumerateArray())
        {
            var findings = await FindingsAsync(here, key.GetProperty("fingerprint").GetString()!);
            bool isUnusable = findings.Any(static finding => finding is "error expired" or "error revoked" or "error unusable");
            Assert.Equal(key.GetProperty("usable").GetBoolean(), !isUnusable);
            foreach (var address in key.GetProperty("addresses").EnumerateArray())
            {
                addresses++;
                int found = (await here.RunAsync("keys", "find", address.GetString()!)).ExitCode;
                var said = await FindingsAsync(here, address.GetString()!);
                Assert.Equal(found == 0, said[0] == "note used");
                Assert.Equal(found == 0, !said.Contains("error address-unusable"));
            }
        }

        Assert.InRange(addresses, 8, 100);
    }

    private static async Task<string[]> FindingsAsync(Installation here, string what)
    {
        var result = await here.RunAsync("keys", "lint", "--json", what);
        using var json = JsonDocument.Parse(result.Output);
        string[] findings =
        [
            .. json.RootElement.EnumerateArray().SelectMany(static report => report.GetProperty("findings").EnumerateArray())
                .Select(static finding => $"{finding.GetProperty("level").GetString()} {finding.GetProperty("code").GetString()}"),
        ];
        Assert.Equal(findings.Any(static finding => finding.StartsWith("error", StringComparison.Ordinal)) ? 1 : 0, result.ExitCode);
        return findings;
    }

    // A certificate for erin@example.org.
    private static async Task<byte[]> GeneratedAsync(params string[] options)
    {
        using var elsewhere = new Installation(Installation.EncryptOrReject);
        elsewhere.ConfigureSecrets();
        return (await elsewhere.RunAsync(["keys", "generate", "erin@example.org", "--no-store", .. options])).OrThrow().Output;
    }

    private static async Task<Correspondent> BeginAsync()
    {
        if (Correspondent.Missing() is { } missing)
            Assert.Skip(missing);
        return await Correspondent.AppearAsync("somebody@example.org", "future-default");
    }

    private static Task<string> GenerateAsync(Correspondent gnupg, string type, string size, params string[] more) => GenerateAsync(gnupg, [], type, size, more);

    private static async Task<string> GenerateAsync(Correspondent gnupg, string[] options, string type, string size, params string[] more)
    {
        string length = char.IsLetter(size[0]) ? "Key-Curve" : "Key-Length";
        string wanted = string.Join('\n', ["%no-protection", $"Key-Type: {type}", $"{length}: {size}", .. more, "Name-Email: erin@example.org", ""]);
        string status = (await gnupg.GpgAsync(["--status-fd", "1", .. options, "--gen-key"], Encoding.ASCII.GetBytes(wanted))).OrThrow().OutputText;
        return status.Split('\n').First(static line => line.Contains("KEY_CREATED", StringComparison.Ordinal)).Split(' ')[3];
    }

    private static async Task<byte[]> ExportAsync(Correspondent gnupg, string key) => (await gnupg.GpgAsync(["--export", key])).OrThrow().Output;
}
