using System.Text.RegularExpressions;
using MilterCrypt.Tests.Commands.Sop;

namespace MilterCrypt.Tests.Commands;

/// <summary>`miltercrypt keys rotate`: new subkeys, while the old ones are good until the key holder knows of them.</summary>
public sealed partial class KeysRotateTests
{
    private const string Alice = "alice@example.org";

    private static readonly byte[] Text = "text\n"u8.ToArray();

    [Fact]
    public async Task RotatedSubkeysTakeThePlaceOfOldOnesWhichStillOpen()
    {
        using var here = Begin();
        await GenerateAsync(here);
        string key = KeyFile(here);
        string password = $"--with-key-password={here.PathOf("passphrase")}";
        string oldCertificate = here.Write("old", (await here.RunAsync("keys", "export", Alice)).OrThrow().Output);
        byte[] oldMessage = (await SopFolder.RunAsync(["encrypt", oldCertificate], Text)).OrThrow().Output;
        byte[] oldSignature = (await SopFolder.RunAsync(["sign", password, key], Text)).OrThrow().Output;

        // What is signed in the second of the revocation counts no more.
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        var rotated = (await here.RunAsync("keys", "rotate", Alice, "--overlap", "0")).OrThrow();
        Assert.Equal(2, Places().Count(rotated.OutputText));
        string certificate = here.Write("new", (await here.RunAsync("keys", "export", Alice)).OrThrow().Output);
        byte[] message = (await SopFolder.RunAsync(["encrypt", certificate], Text)).OrThrow().Output;
        foreach (byte[] sealedText in new[] { oldMessage, message })
            Assert.Equal(Text, (await SopFolder.RunAsync(["decrypt", password, key], sealedText)).OrThrow().Output);
        Assert.Equal(29, (await SopFolder.RunAsync(["decrypt", $"--with-key-password={here.PathOf("passphrase")}", here.Write("bob", (await SopFolder.RunAsync("generate-key", "bob@example.org")).OrThrow().Output)], message)).ExitCode);

        // What was signed before stays good; the new subkeys are locked like the old ones.
        string signature = here.Write("signature", oldSignature);
        (await SopFolder.RunAsync(["verify", signature, certificate], Text)).OrThrow();
        string fresh = here.Write("fresh", (await SopFolder.RunAsync(["sign", password, key], Text)).OrThrow().Output);
        (await SopFolder.RunAsync(["verify", fresh, certificate], Text)).OrThrow();
        Assert.Equal(3, (await SopFolder.RunAsync(["verify", fresh, oldCertificate], Text)).ExitCode);
        Assert.Equal(67, (await SopFolder.RunAsync(["sign", key], Text)).ExitCode);
        string shown = (await here.RunAsync("keys", "show", Alice)).OrThrow().OutputText;
        Assert.Equal(2, shown.Split("another key took its place").Length - 1);
    }

    [Fact]
    public async Task UntilTheKeyHolderIsReloadedTheOldSubkeysSignAndOpen()
    {
        using var here = Begin();
        await GenerateAsync(here);
        string password = $"--with-key-password={here.PathOf("passphrase")}";
        string held = here.Write("held", File.ReadAllBytes(KeyFile(here)));
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        (await here.RunAsync("keys", "rotate", Alice)).OrThrow();

        // The store has the new certificate already, and the key holder has what it read before.
        string certificate = here.Write("new", (await here.RunAsync("keys", "export", Alice)).OrThrow().Output);
        byte[] message = (await SopFolder.RunAsync(["encrypt", certificate], Text)).OrThrow().Output;
        string signature = here.Write("signature", (await SopFolder.RunAsync(["sign", password, held], Text)).OrThrow().Output);
        (await SopFolder.RunAsync(["verify", signature, certificate], Text)).OrThrow();
        foreach (string key in new[] { held, KeyFile(here) })
            Assert.Equal(Text, (await SopFolder.RunAsync(["decrypt", password, key], message)).OrThrow().Output);
    }

    [Fact]
    public async Task WhatWasRotatedOutEndsAndIsNeitherRenewedNorRotatedAgain()
    {
        using var here = Begin();
        await GenerateAsync(here);
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        var rotated = (await here.RunAsync("keys", "rotate", Alice, "--overlap", "20")).OrThrow();
        string end = EndOfOld().Match(rotated.OutputText).Groups[1].Value;
        Assert.Equal(2, await EndingAsync(end));
        (await here.RunAsync("keys", "renew", Alice, "--expires", "2099-12-31")).OrThrow();
        Assert.Equal((2, 2), (await EndingAsync(end), await EndingAsync(null)));

        // Each use gets one new subkey, however many are in use; none lives longer for it.
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        rotated = (await here.RunAsync("keys", "rotate", Alice, "--overlap", "90")).OrThrow();
        Assert.Equal((2, 2, 2), (await EndingAsync(end), await EndingAsync(EndOfOld().Match(rotated.OutputText).Groups[1].Value), await EndingAsync(null)));

        // Those of a certificate that ends sooner end before it, so that they are not taken for what ends with it.
        (await here.RunAsync("keys", "renew", Alice, "--expires", "2d")).OrThrow();
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        (await here.RunAsync("keys", "rotate", Alice)).OrThrow();
        (await here.RunAsync("keys", "renew", Alice, "--expires", "2099-12-31")).OrThrow();
        Assert.Equal((2, 0), (await EndingAsync(null), await EndingAsync("2099-12-31")));

        foreach (string days in new[] { "-1", "366", "soon" })
            Assert.Equal(64, (await here.RunAsync("keys", "rotate", Alice, "--overlap", days)).ExitCode);

        // Without a day those that end with the certificate.
        async Task<int> EndingAsync(string? day) => (await here.RunAsync("keys", "show", Alice)).OrThrow().OutputText.Split('\n')
            .Count(line => line.StartsWith("  subkey:", StringComparison.Ordinal) && (day is null ? !line.Contains("expires ", StringComparison.Ordinal) : line.Contains($"expires {day}", StringComparison.Ordinal)));
    }

    private static Installation Begin()
    {
        var here = new Installation();
        here.ConfigureSecrets();
        return here;
    }

    private static async Task GenerateAsync(Installation here) => (await here.RunAsync("keys", "generate", Alice)).OrThrow();

    private static string KeyFile(Installation here) => Assert.Single(Directory.GetFiles(here.SecretKeys, "*.key"));

    [GeneratedRegex("^  what it replaces is good until ([0-9-]{10})", RegexOptions.Multiline)]
    private static partial Regex EndOfOld();

    [GeneratedRegex("^  [0-9A-F]{16} in the place of [0-9A-F]{16}$", RegexOptions.Multiline)]
    private static partial Regex Places();
}
