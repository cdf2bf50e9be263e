using System.Globalization;
using System.Text;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Tests.Commands.Sop;

/// <summary>`sop update-key`: keys of gpg's that are out of date, and what others make of them afterwards.</summary>
public sealed class SopUpdateKeyTests : IAsyncLifetime
{
    private static readonly byte[] Text = "text\n"u8.ToArray();

    private readonly SopFolder here = new();
    private readonly GnuPgHome gnupg = new();

    public ValueTask InitializeAsync()
    {
        if (Correspondent.Missing() is { } missing)
            Assert.Skip(missing);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        here.Dispose();
        await gnupg.DisposeAsync();
    }

    [Fact]
    public async Task WhatIsSignedOverSha1CountsAgain()
    {
        byte[] old = await MakeAsync(["--cert-digest-algo", "SHA1"], "Subkey-Type: ECDH", "Subkey-Curve: cv25519");
        Assert.Equal(17, (await EncryptAsync(old)).ExitCode);

        byte[] updated = (await SopFolder.RunAsync(["update-key"], old)).OrThrow().Output;
        byte[] message = (await EncryptAsync(updated)).OrThrow().Output;
        Assert.Equal(Text, (await SopFolder.RunAsync(["decrypt", here.Write("key", updated)], message)).OrThrow().Output);

        // Once is enough; and it is armor unless told otherwise.
        Assert.Equal(updated, (await SopFolder.RunAsync(["update-key"], updated)).OrThrow().Output);
        Assert.StartsWith("-----BEGIN PGP PRIVATE KEY BLOCK-----\n", Encoding.ASCII.GetString(updated), StringComparison.Ordinal);
        Assert.True((await SopFolder.RunAsync(["update-key", "--no-armor"], updated)).OrThrow().Output[0] >= 0x80);
    }

    [Fact]
    public async Task ASigningSubkeySaysAgainWhoseItIs()
    {
        byte[] old = await MakeAsync([], "Key-Usage: cert", "Subkey-Type: EDDSA", "Subkey-Curve: ed25519", "Subkey-Usage: sign");

        // gpg leaves the subkey's own signature unsigned; as a subpacket that nobody knows it is as good as gone.
        old[old.AsSpan().IndexOf((ReadOnlySpan<byte>)[32, 4, 0x19])] = 101;
        Assert.Equal(79, (await SopFolder.RunAsync(["sign", here.Write("old", old)], Text)).ExitCode);
        byte[] updated = (await SopFolder.RunAsync(["update-key", "--signing-only"], old)).OrThrow().Output;
        string signature = here.Write("signature", (await SopFolder.RunAsync(["sign", here.Write("key", updated)], Text)).OrThrow().Output);
        string certificate = here.Write("cert", (await SopFolder.RunAsync(["extract-cert"], updated)).OrThrow().Output);
        (await SopFolder.RunAsync(["verify", signature, certificate], Text)).OrThrow();
    }

    [Theory]
    [InlineData("gpg")]
    [InlineData("sqop")]
    [InlineData("gosop")]
    [InlineData("trixie/sqop")]
    [InlineData("trixie/gosop")]
    [InlineData("trixie/rsop")]
    public async Task OthersEncryptToAnUpdatedKeyAndSignWithIt(string name)
    {
        if (await Peer.FindAsync(name) is not PeerFinding.Found { Peer: var peer })
        {
            Assert.Skip($"{name} is not here");
            return;
        }

        byte[] old = await MakeAsync(["--cert-digest-algo", "SHA1", "--faked-system-time", "20150101T000000"], "Subkey-Type: ECDH", "Subkey-Curve: cv25519");
        byte[] updated = (await SopFolder.RunAsync(["update-key"], old)).OrThrow().Output;
        byte[] certificate = (await SopFolder.RunAsync(["extract-cert"], updated)).OrThrow().Output;
        var pair = new PeerKey(certificate, updated);
        byte[] message = (await peer.EncryptAsync(pair, Text, MessageForm.Default, sign: true)).OrThrow().Output;
        Assert.Equal(Text, (await SopFolder.RunAsync(["decrypt", here.Write("key", updated)], message)).OrThrow().Output);
    }

    [Fact]
    public async Task AKeyToEncryptToIsAddedLikeTheOthersLockedUnlessItIsForSigningAlone()
    {
        byte[] signing = (await SopFolder.RunAsync(["generate-key", "--signing-only", "--profile=rfc9580", "erin@example.org"])).OrThrow().Output;
        Assert.Equal(signing, (await SopFolder.RunAsync(["update-key", "--signing-only"], signing)).OrThrow().Output);
        byte[] updated = (await SopFolder.RunAsync(["update-key"], signing)).OrThrow().Output;
        byte[] message = (await EncryptAsync(updated)).OrThrow().Output;
        Assert.Equal(Text, (await SopFolder.RunAsync(["decrypt", here.Write("key", updated)], message)).OrThrow().Output);

        string password = $"--with-key-password={here.Write("password", "pass word\n")}";
        byte[] locked = (await SopFolder.RunAsync(["generate-key", "--signing-only", password, "erin@example.org"])).OrThrow().Output;
        Assert.Equal(67, (await SopFolder.RunAsync(["update-key"], locked)).ExitCode);
        updated = (await SopFolder.RunAsync(["update-key", password], locked)).OrThrow().Output;
        message = (await EncryptAsync(updated)).OrThrow().Output;
        Assert.Equal(67, (await SopFolder.RunAsync(["decrypt", here.Write("key", updated)], message)).ExitCode);
        Assert.Equal(Text, (await SopFolder.RunAsync(["decrypt", password, here.PathOf("key")], message)).OrThrow().Output);
    }

    [Fact]
    public async Task WhatSoftwareReadsIsNamedUnlessThatIsUnwanted()
    {
        byte[] old = await MakeAsync([], "Subkey-Type: ECDH", "Subkey-Curve: cv25519", "Preferences: 3DES SHA1 no-mdc");
        Assert.DoesNotContain("features: 01", await PacketsAsync(old), StringComparison.Ordinal);
        byte[] same = (await SopFolder.RunAsync(["update-key", "--no-added-capabilities", "--no-armor"], old)).OrThrow().Output;
        Assert.Equal(await PacketsAsync(old), await PacketsAsync(same));

        string packets = await PacketsAsync((await SopFolder.RunAsync(["update-key"], old)).OrThrow().Output);
        Assert.Contains("features: 01", packets, StringComparison.Ordinal);
        Assert.Contains("pref-sym-algos: 9 7 2", packets, StringComparison.Ordinal);
        Assert.Contains("pref-hash-algos: 10 9 8)", packets, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatOtherCopiesKnowComesIn()
    {
        byte[] old = await MakeAsync([], "Subkey-Type: ECDH", "Subkey-Curve: cv25519");
        (await gnupg.RunAsync(["--passphrase", "", "--quick-add-uid", await FingerprintAsync(), "second@example.org"])).OrThrow();
        string more = here.Write("more", (await gnupg.RunAsync(["--export"])).OrThrow().Output);
        string other = here.Write("other", (await SopFolder.RunAsync(["extract-cert"], (await SopFolder.RunAsync("generate-key", "bob@example.org")).OrThrow().Output)).OrThrow().Output);
        byte[] merged = (await SopFolder.RunAsync(["update-key", $"--merge-certs={other}", $"--merge-certs={more}"], old)).OrThrow().Output;
        string packets = await PacketsAsync(merged);
        Assert.Contains("\"second@example.org\"", packets, StringComparison.Ordinal);
        Assert.DoesNotContain("bob", packets, StringComparison.Ordinal);
        Assert.Equal(41, (await SopFolder.RunAsync(["update-key", $"--merge-certs={here.Write("key", old)}"], old)).ExitCode);
    }

    [Fact]
    public async Task ARevokedOrWeakKeyIsNotMendedAndAnEndIsKept()
    {
        byte[] key = (await SopFolder.RunAsync(["generate-key", "erin@example.org"])).OrThrow().Output;
        string revoked = here.Write("revoked", (await SopFolder.RunAsync(["revoke-key"], key)).OrThrow().Output);
        Assert.Equal(103, (await SopFolder.RunAsync(["update-key", $"--merge-certs={revoked}"], key)).ExitCode);
        Assert.Equal(41, (await SopFolder.RunAsync(["update-key"], File.ReadAllBytes(revoked))).ExitCode);

        byte[] expired = await MakeAsync(["--cert-digest-algo", "SHA1", "--faked-system-time", "20150101T000000"], "Subkey-Type: ECDH", "Subkey-Curve: cv25519", "Expire-Date: 1y");
        byte[] updated = (await SopFolder.RunAsync(["update-key"], expired)).OrThrow().Output;
        var result = await EncryptAsync(updated);
        Assert.Equal(17, result.ExitCode);
        Assert.Contains("expired 2016-01-01", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("digest algo 2,", await PacketsAsync(updated, newest: true), StringComparison.Ordinal);
    }

    private async Task<byte[]> MakeAsync(string[] options, params string[] more)
    {
        string wanted = string.Join('\n', ["%no-protection", "Key-Type: EDDSA", "Key-Curve: ed25519", .. more, "Name-Email: erin@example.org", ""]);
        (await gnupg.RunAsync([.. options, "--gen-key"], Encoding.ASCII.GetBytes(wanted))).OrThrow();
        return (await gnupg.RunAsync(["--export-secret-keys"])).OrThrow().Output;
    }

    private async Task<string> FingerprintAsync() =>
        (await gnupg.RunAsync(["--with-colons", "--list-keys"])).OrThrow().OutputText.Split("fpr:::::::::")[1].Split(':')[0];

    private async Task<CommandResult> EncryptAsync(byte[] key) =>
        await SopFolder.RunAsync(["encrypt", here.Write("cert", (await SopFolder.RunAsync(["extract-cert"], key)).OrThrow().Output)], Text);

    // As gpg reads them; of each thing that is signed only the newest signature, where that is asked for.
    private async Task<string> PacketsAsync(byte[] key, bool newest = false)
    {
        string packets = (await gnupg.RunAsync(["--list-packets"], key)).OrThrow().OutputText;
        if (!newest)
            return string.Join('\n', packets.Split('\n').Where(static line => !line.StartsWith('#')));
        string year = DateTime.UtcNow.Year.ToString(CultureInfo.InvariantCulture);
        return string.Join('\n', packets.Split(":signature packet:").Where(part => part.Contains($"sig created {year}", StringComparison.Ordinal)));
    }
}
