using System.Text;
using System.Text.RegularExpressions;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.Tests.Commands.Sop;

namespace MilterCrypt.Tests.Commands;

/// <summary>`miltercrypt keys generate|renew|revoke`: the life of one's own keys, and that their secrets go nowhere else.</summary>
public sealed partial class OwnKeysTests
{
    private const string Alice = "alice@example.org";

    private static readonly byte[] Text = "text\n"u8.ToArray();

    [Theory]
    [InlineData("default", 40)]
    [InlineData("rsa3072", 40)]
    [InlineData("rfc4880", 40)]
    [InlineData("rfc9580", 64)]
    public async Task ANewKeyIsInTheFolderLockedAndItsCertificateInTheStore(string profile, int digits)
    {
        using var here = Begin();
        var made = (await here.RunAsync("keys", "generate", Alice, "--name", "Alice", "--profile", profile)).OrThrow();
        string fingerprint = made.OutputText.Split(' ')[0];
        Assert.Equal(digits, fingerprint.Length);
        Assert.Contains("systemctl reload miltercrypt-keyholder", made.OutputText, StringComparison.Ordinal);
        Assert.Equal($"{fingerprint}\n", (await here.RunAsync("keys", "find", Alice)).OrThrow().OutputText);
        Assert.Equal([$"{fingerprint}.key", $"{fingerprint}.rev"], Names(here));
        foreach (string name in Names(here))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(here.SecretKeys, name)));

        // Others see nothing but the certificate, and the key is of use with its passphrase alone.
        Assert.DoesNotContain("PRIVATE", made.OutputText + made.Error, StringComparison.Ordinal);
        string key = KeyFile(here, fingerprint);
        string certificate = here.Write("cert", (await here.RunAsync("keys", "export", Alice)).OrThrow().Output);
        byte[] message = (await SopFolder.RunAsync(["encrypt", certificate], Text)).OrThrow().Output;
        Assert.Equal(67, (await SopFolder.RunAsync(["sign", key], Text)).ExitCode);
        Assert.Equal(Text, (await SopFolder.RunAsync(["decrypt", $"--with-key-password={here.PathOf("passphrase")}", key], message)).OrThrow().Output);
    }

    [Fact]
    public async Task GpgUsesANewKey()
    {
        using var here = Begin();
        string fingerprint = await GenerateAsync(here);
        if (Correspondent.Missing() is { } missing)
            Assert.Skip(missing);
        await using var gnupg = new GnuPgHome();
        (await gnupg.RunAsync(["--passphrase", "pass word", "--import"], File.ReadAllBytes(KeyFile(here, fingerprint)))).OrThrow();
        byte[] message = (await here.RunAsync(["encrypt", "--from", "x@example.org", "--to", Alice], Encoding.ASCII.GetBytes("Subject: x\n\nhello\n"))).OrThrow().Output;
        string armor = Encoding.ASCII.GetString(message)[Encoding.ASCII.GetString(message).IndexOf("-----BEGIN PGP", StringComparison.Ordinal)..];
        string opened = (await gnupg.RunAsync(["--passphrase", "pass word", "--decrypt"], Encoding.ASCII.GetBytes(armor))).OrThrow().OutputText;
        Assert.Contains("hello", opened, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--expires", "yesterday")]
    [InlineData("--expires", "2001-01-01")]
    [InlineData("--expires", "0d")]
    [InlineData("--expires", "999y")]
    [InlineData("--profile", "rot13")]
    [InlineData("--name", "Eve <eve@example.org>")]
    public async Task WhatCannotBeMeantMakesNothing(string option, string value)
    {
        using var here = Begin();
        Assert.Equal(64, (await here.RunAsync("keys", "generate", Alice, option, value)).ExitCode);
        Assert.Empty(Names(here));
    }

    [Fact]
    public async Task ItEndsWhenItIsToldTo()
    {
        using var here = Begin();
        await GenerateAsync(here, "--expires", "2099-12-31");
        Assert.Contains("usable until 2099-12-31", (await here.ListAsync())[0], StringComparison.Ordinal);
        (await here.RunAsync("keys", "renew", Alice, "--expires", "2101-01-01")).OrThrow();
        Assert.Contains("usable until 2101-01-01", (await here.ListAsync())[0], StringComparison.Ordinal);
        (await here.RunAsync("keys", "renew", Alice, "--expires", "never")).OrThrow();
        Assert.DoesNotContain("until", (await here.ListAsync())[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASecondKeyForAnAddressNeedsTheAdministratorsWord()
    {
        using var here = Begin();
        string first = await GenerateAsync(here);
        var refused = await here.RunAsync("keys", "generate", Alice);
        Assert.Equal(65, refused.ExitCode);
        Assert.Contains("--replace", refused.Error, StringComparison.Ordinal);
        Assert.Equal([$"{first}.key", $"{first}.rev"], Names(here));

        string second = await GenerateAsync(here, "--replace");
        Assert.Equal($"{second}\n", (await here.RunAsync("keys", "find", Alice)).OrThrow().OutputText);

        // Now the address means two: which one is meant must be said.
        var two = await here.RunAsync("keys", "renew", Alice);
        Assert.Equal(66, two.ExitCode);
        Assert.Contains(first, two.Error, StringComparison.Ordinal);
        (await here.RunAsync("keys", "renew", first)).OrThrow();
    }

    [Fact]
    public async Task AnExpiredKeyOfGpgsIsRenewedWithItsSubkeys()
    {
        using var here = Begin();
        await using var gnupg = await Correspondent.AppearAsync(Alice, "future-default", "20210301T000000");
        string fingerprint = (await gnupg.GpgAsync(["--with-colons", "--list-keys"])).OrThrow().OutputText.Split("fpr:::::::::")[1].Split(':')[0];
        (await gnupg.GpgAsync(["--faked-system-time", "20210302T000000", "--passphrase", "", "--quick-set-expire", fingerprint, "300d", "*"])).OrThrow();
        await here.ImportAsync(gnupg);
        (await here.RunAsync(["keys", "import", "-"], (await gnupg.GpgAsync(["--export"])).OrThrow().Output)).OrThrow();
        byte[] secret = (await gnupg.GpgAsync(["--export-secret-keys"])).OrThrow().Output;
        File.WriteAllBytes(Path.Combine(here.SecretKeys, "alice.pgp"), secret);
        Assert.Equal(1, (await here.RunAsync("keys", "find", Alice)).ExitCode);

        // Lint knows whose it is.
        Assert.Matches("error: expired 2022-03-01\n    `miltercrypt keys renew [0-9A-F]{40}` does it\n", (await here.RunAsync("keys", "lint")).OutputText);
        (await here.RunAsync("keys", "renew", Alice, "--expires", "2099-12-31")).OrThrow();
        (await here.RunAsync("keys", "find", Alice)).OrThrow();
        (await gnupg.GpgAsync(["--import"], (await here.RunAsync("keys", "export", Alice)).OrThrow().Output)).OrThrow();
        string listing = (await gnupg.GpgAsync(["--with-colons", "--list-keys"])).OrThrow().OutputText;
        Assert.Equal(["4102358400", "4102358400"], Ends().Matches(listing).Select(static match => match.Groups[1].Value));

        // It was binary, and so it stays.
        Assert.True(File.ReadAllBytes(Path.Combine(here.SecretKeys, "alice.pgp"))[0] >= 0x80);
    }

    [Theory]
    [InlineData("retired", "key is not used any more", 0)]
    [InlineData("superseded", "another key took its place", 0)]
    [InlineData("compromised", "key was compromised", 3)]
    [InlineData("none", "revoked", 3)]
    public async Task ARevokedKeyIsUsedByNobodyAndSaysWhy(string reason, string words, int exitCode)
    {
        using var here = Begin();
        string fingerprint = await GenerateAsync(here);
        string signature = here.Write("signature", (await SopFolder.RunAsync(["sign", $"--with-key-password={here.PathOf("passphrase")}", KeyFile(here, fingerprint)], Text)).OrThrow().Output);
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        (await here.RunAsync("keys", "revoke", Alice, "--reason", reason, "--text", "moved")).OrThrow();
        Assert.Contains(words, (await here.RunAsync("keys", "find", Alice)).Error, StringComparison.Ordinal);
        string certificate = here.Write("cert", (await here.RunAsync("keys", "export", fingerprint)).OrThrow().Output);
        Assert.Contains("moved", Encoding.Latin1.GetString(File.ReadAllBytes(certificate)), StringComparison.Ordinal);
        Assert.Equal(exitCode, (await SopFolder.RunAsync(["verify", signature, certificate], Text)).ExitCode);

        // It holds for ever: in the file with the secret too.
        Assert.Equal(65, (await here.RunAsync("keys", "renew", fingerprint)).ExitCode);
        Assert.Equal(65, (await here.RunAsync("keys", "rotate", fingerprint)).ExitCode);
    }

    [Fact]
    public async Task TheRevocationOfTheFirstDayIsEnoughWhereTheSecretIsLost()
    {
        using var here = Begin();
        foreach (string profile in new[] { "default", "rfc9580" })
        {
            string fingerprint = await GenerateAsync(here, "--profile", profile, "--replace");
            string other = await GenerateAsync(here, "--replace");
            string revocation = Path.Combine(here.SecretKeys, $"{fingerprint}.rev");
            File.Delete(KeyFile(here, fingerprint));
            Assert.Equal(65, (await here.RunAsync("keys", "revoke", other, "--with", revocation)).ExitCode);
            (await here.RunAsync("keys", "revoke", fingerprint, "--with", revocation)).OrThrow();
            Assert.Contains("to encrypt:  revoked ", (await here.RunAsync("keys", "show", fingerprint)).OrThrow().OutputText, StringComparison.Ordinal);
            Assert.Contains("to encrypt:  usable", (await here.RunAsync("keys", "show", other)).OrThrow().OutputText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task WithoutAStoreTheCertificateGoesToStandardOutput()
    {
        using var here = Begin();
        var made = (await here.RunAsync("keys", "generate", Alice, "--no-store")).OrThrow();
        Assert.StartsWith("-----BEGIN PGP PUBLIC KEY BLOCK-----\n", made.OutputText, StringComparison.Ordinal);
        Assert.EndsWith("-----END PGP PUBLIC KEY BLOCK-----\n", made.OutputText, StringComparison.Ordinal);
        Assert.False(File.Exists(here.Store));
        (await here.RunAsync(["keys", "import", "-"], made.Output)).OrThrow();

        var renewed = (await here.RunAsync("keys", "renew", Alice, "--no-store", "--expires", "2099-12-31")).OrThrow();
        Assert.DoesNotContain("2099", (await here.ListAsync())[0], StringComparison.Ordinal);
        (await here.RunAsync(["keys", "import", "-"], renewed.Output)).OrThrow();
        Assert.Contains("2099", (await here.ListAsync())[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWrongPassphraseOrOneThatOthersReadChangesNothing()
    {
        using var here = Begin();
        string key = KeyFile(here, await GenerateAsync(here));
        byte[] before = File.ReadAllBytes(key);
        string wrong = here.Write("wrong", "wrong\n"u8.ToArray());
        Assert.Equal(78, (await here.RunAsync("keys", "renew", Alice, "--passphrase-file", wrong)).ExitCode);
        File.SetUnixFileMode(wrong, UnixFileMode.UserRead);
        Assert.Equal(65, (await here.RunAsync("keys", "renew", Alice, "--passphrase-file", wrong)).ExitCode);
        Assert.Equal(78, (await here.RunAsync("keys", "renew", Alice, "--passphrase-file", here.PathOf("nowhere"))).ExitCode);
        Assert.Equal(before, File.ReadAllBytes(key));
    }

    [Fact]
    public async Task AFileIsThePassphraseAllOfItButForOneLineEnd()
    {
        using var here = Begin();
        await GenerateAsync(here, "--passphrase-file", FileOf("two lines\nof it\n"));
        (await here.RunAsync("keys", "renew", Alice, "--passphrase-file", FileOf("two lines\nof it"))).OrThrow();
        Assert.Equal(65, (await here.RunAsync("keys", "renew", Alice, "--passphrase-file", FileOf("two lines\n"))).ExitCode);
        string help = (await here.RunAsync("keys", "renew", "--help")).OrThrow().OutputText;
        Assert.Contains("but for one line end", string.Join(' ', help.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);

        string FileOf(string text)
        {
            string path = here.Write($"passphrase{text.Length}", Encoding.ASCII.GetBytes(text));
            File.SetUnixFileMode(path, UnixFileMode.UserRead);
            return path;
        }
    }

    [Fact]
    public async Task AFileThatHoldsSomethingElseOrIsALinkIsNotWritten()
    {
        using var here = Begin();
        string key = KeyFile(here, await GenerateAsync(here));
        byte[] sound = File.ReadAllBytes(key);
        File.WriteAllBytes(key, [.. sound, .. "-----BEGIN PGP MESSAGE-----\n\nwcBM\n-----END PGP MESSAGE-----\n"u8]);
        byte[] before = File.ReadAllBytes(key);
        Assert.Equal(65, (await here.RunAsync("keys", "renew", Alice)).ExitCode);
        Assert.Equal(before, File.ReadAllBytes(key));

        File.Delete(key);
        File.CreateSymbolicLink(key, here.Write("elsewhere", sound));
        Assert.Equal(73, (await here.RunAsync("keys", "renew", Alice)).ExitCode);
        Assert.Equal(sound, File.ReadAllBytes(here.PathOf("elsewhere")));
        Assert.Equal(2, Names(here).Length);
    }

    [Fact]
    public async Task WhatTheKeyHolderDoesNotReadIsNoKeyHereEitherAndStopsNobody()
    {
        using var here = Begin();
        string key = KeyFile(here, await GenerateAsync(here));
        byte[] sound = File.ReadAllBytes(key);
        string hidden = Path.Combine(here.SecretKeys, ".copy.key");
        File.WriteAllBytes(hidden, sound);
        File.CreateSymbolicLink(Path.Combine(here.SecretKeys, "0.key"), here.PathOf("nowhere"));
        var renewed = (await here.RunAsync("keys", "renew", Alice, "--expires", "20d")).OrThrow();
        Assert.Contains("0.key can't be read, and is left out", renewed.Error, StringComparison.Ordinal);
        Assert.Equal(sound, File.ReadAllBytes(hidden));
        Assert.Contains("can't sign from", (await here.RunAsync("keys", "lint")).OutputText, StringComparison.Ordinal);

        // As large as the key holder takes them, and no larger.
        File.WriteAllBytes(key, [.. Enumerable.Repeat((byte)'\n', 2 << 20), .. sound]);
        (await here.RunAsync("keys", "renew", Alice)).OrThrow();
        using (var large = File.OpenWrite(key))
            large.SetLength((16 << 20) + 1);
        var left = await here.RunAsync("keys", "renew", Alice);
        Assert.Equal(66, left.ExitCode);
        Assert.Contains("it is larger than 16 MiB", left.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatRootMakesBelongsToWhomTheFolderBelongsTo()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("only root writes for others");
        using var here = Begin();
        (await Command.RunAsync("chown", ["nobody:nogroup", here.SecretKeys], ct: TestContext.Current.CancellationToken)).OrThrow();
        await GenerateAsync(here);
        await AreTheirs();
        (await here.RunAsync("keys", "rotate", Alice)).OrThrow();
        await AreTheirs();

        async Task AreTheirs()
        {
            var owners = (await Command.RunAsync("stat", ["-c", "%U:%G %a", .. Directory.GetFiles(here.SecretKeys)], ct: TestContext.Current.CancellationToken)).OrThrow();
            Assert.Equal("nobody:nogroup 600\nnobody:nogroup 600\n", owners.OutputText);
        }
    }

    [Fact]
    public async Task AChangedFileBelongsToWhomItBelongedAndOthersGetNothingOfIt()
    {
        using var here = Begin();
        string key = KeyFile(here, await GenerateAsync(here));
        string owner = "";
        if (Environment.IsPrivilegedProcess)
            (await Command.RunAsync("chown", [owner = "nobody:adm", key], ct: TestContext.Current.CancellationToken)).OrThrow();
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        (await here.RunAsync("keys", "renew", Alice)).OrThrow();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead, File.GetUnixFileMode(key));
        if (owner.Length > 0)
            Assert.Equal($"{owner}\n", (await Command.RunAsync("stat", ["-c", "%U:%G", key], ct: TestContext.Current.CancellationToken)).OrThrow().OutputText);
    }

    [Fact]
    public async Task WithoutTheirSectionOrWithAnAgentKeysAreNotMadeHere()
    {
        using var here = new Installation();
        var missing = await here.RunAsync("keys", "generate", Alice);
        Assert.Equal(78, missing.ExitCode);
        Assert.Contains("secret-keys", missing.Error, StringComparison.Ordinal);
        here.Configure($"{Installation.EncryptOrReject}\nsecret-keys: {{held-by: gpg-agent, socket: /run/S.gpg-agent}}");
        Assert.Equal(78, (await here.RunAsync("keys", "generate", Alice)).ExitCode);
        here.Configure($"{Installation.EncryptOrReject}\nsecret-keys: {{directory: /nowhere}}");
        Assert.Equal(73, (await here.RunAsync("keys", "generate", Alice)).ExitCode);
        Assert.Equal(66, (await here.RunAsync("keys", "renew", Alice)).ExitCode);
    }

    [Fact]
    public async Task ACredentialIsReadWhereSystemdPutIt()
    {
        using var here = Begin();
        Directory.CreateDirectory(here.PathOf("credentials"));
        File.SetUnixFileMode(here.Write("credentials/keys", "pass word"u8.ToArray()), UnixFileMode.UserRead);
        here.Configure($"{Installation.EncryptOrReject}\nsecret-keys: {{directory: {here.SecretKeys}, passphrase: credential:keys}}");
        var alone = await here.RunAsync("keys", "generate", Alice);
        Assert.Equal(78, alone.ExitCode);
        Assert.Contains("--passphrase-file", alone.Error, StringComparison.Ordinal);
        string[] handedOver = [$"CREDENTIALS_DIRECTORY={here.PathOf("credentials")}", TestSupport.Program.MilterCryptProgram.Path, "keys", "generate", Alice, "--config", here.ConfigurationFile];
        string fingerprint = (await Command.RunAsync("env", handedOver, ct: TestContext.Current.CancellationToken)).OrThrow().OutputText.Split(' ')[0];
        (await SopFolder.RunAsync(["sign", $"--with-key-password={here.PathOf("passphrase")}", KeyFile(here, fingerprint)], Text)).OrThrow();
    }

    private static Installation Begin()
    {
        var here = new Installation();
        here.ConfigureSecrets();
        return here;
    }

    private static async Task<string> GenerateAsync(Installation here, params string[] options) =>
        (await here.RunAsync(["keys", "generate", Alice, .. options])).OrThrow().OutputText.Split(' ')[0];

    private static string KeyFile(Installation here, string fingerprint) => Path.Combine(here.SecretKeys, $"{fingerprint}.key");

    private static string[] Names(Installation here) =>
        [.. Directory.GetFileSystemEntries(here.SecretKeys).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [GeneratedRegex("^(?:pub|sub):[^:]*:[^:]*:[^:]*:[^:]*:[^:]*:([^:]*):", RegexOptions.Multiline)]
    private static partial Regex Ends();
}
