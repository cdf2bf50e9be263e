using System.Globalization;
using System.Text.RegularExpressions;
using MilterCrypt.Engine.Custody;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Tests.KeyHolding;

/// <summary>`miltercrypt keyholder` as the daemon and its administrator see it.</summary>
public sealed class KeyHolderTests
{
    private const string Passphrase = "correct horse battery staple";

    private static string Ourselves { get; } = Native.LibC.FileIdentity.CurrentUser.ToString(CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(KeyProfile.Curve25519)]
    [InlineData(KeyProfile.Rfc9580)]
    [InlineData(KeyProfile.Rsa3072)]
    public async Task ItSignsAndDecryptsWithKeysThatItsPassphraseOpens(KeyProfile profile)
    {
        await using var holder = Holder(Passphrase);
        var alice = KeyOwner.Make(profile, Passphrase, out byte[] secrets);
        holder.AddKey("alice.asc", secrets);
        await holder.StartAsync();
        await using var client = KeyOwner.ClientOf(holder.Socket);

        Assert.True(await client.HoldsAsync(alice.Certificate.Fingerprint, alice.SigningKey, KeyOperation.Sign, KeyOwner.Ct));
        Assert.True(await client.HoldsAsync(alice.Certificate.Fingerprint, alice.EncryptionKey, KeyOperation.Open, KeyOwner.Ct));
        Assert.True(await alice.VerifiesAsync(await alice.SignAsync(client)));
        Assert.Equal(KeyOwner.Text, await alice.DecryptAsync(client, await alice.EncryptAsync()));
    }

    [Theory]
    [InlineData("ed25519", "cv25519")]
    [InlineData("rsa3072", "rsa3072")]
    public async Task ItUsesWhatGnuPgMadeAndGnuPgTakesIt(string primary, string subkey)
    {
        Assert.SkipUnless(Command.Exists("gpg"), "gpg is not installed");
        await using var home = new GnuPgHome();
        var made = await home.MakeKeyAsync(primary, subkey, Passphrase);
        await using var holder = Holder(Passphrase);
        holder.AddKey("bob.pgp", made.SecretKey);
        await holder.StartAsync();
        await using var client = KeyOwner.ClientOf(holder.Socket);
        var bob = new KeyOwner(Certificate.Read(made.Certificate));

        string signature = home.Write("signature", await bob.SignAsync(client)), text = home.Write("text", KeyOwner.Text);
        (await home.RunAsync(["--verify", signature, text])).OrThrow();
        byte[] message = (await home.RunAsync(["--armor", "--recipient", "bob@example.org", "--encrypt"], KeyOwner.Text)).OrThrow().Output;
        Assert.Equal(KeyOwner.Text, await bob.DecryptAsync(client, message));
    }

    [Fact]
    public async Task EachUseHasALineOfTheAuditAndNothingElseOfTheMessage()
    {
        await using var holder = Holder();
        var alice = KeyOwner.Make(KeyProfile.Curve25519, null, out byte[] secrets);
        var stranger = KeyOwner.Make(KeyProfile.Curve25519, null, out _);
        holder.AddKey("alice.asc", secrets);
        await holder.StartAsync();
        await using var client = KeyOwner.ClientOf(holder.Socket);

        await alice.SignAsync(client);
        await alice.DecryptAsync(client, await alice.EncryptAsync());
        await Assert.ThrowsAsync<SecretKeyException>(() => stranger.SignAsync(client));
        var encryptsAlone = alice.Certificate.Subkeys.First(subkey => subkey.Key.Fingerprint.Equals(alice.EncryptionKey.Fingerprint)).Key;
        Assert.True(await client.HoldsAsync(alice.Certificate.Fingerprint, encryptsAlone, KeyOperation.Open, KeyOwner.Ct));
        Assert.False(await client.HoldsAsync(stranger.Certificate.Fingerprint, encryptsAlone, KeyOperation.Open, KeyOwner.Ct));

        string peer = $"peer-uid={Ourselves}, peer-pid={Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
        await holder.WaitForTextAsync("outcome=no-such-key");
        Assert.Equal(
        [
            $"key-use: operation=sign, key={alice.SigningKey.Fingerprint}, hash=SHA512, message=4XyZ, for=<alice@example.org>, {peer}, outcome=done",
            $"key-use: operation=open, key={alice.EncryptionKey.Fingerprint}, hash=-, message=4XyZ, for=<alice@example.org>, {peer}, outcome=done",
            $"key-use: operation=sign, key={stranger.SigningKey.Fingerprint}, hash=SHA512, message=4XyZ, for=<alice@example.org>, {peer}, outcome=no-such-key",
        ],
            Regex.Matches(holder.Log, "information: (key-use: .*)").Select(static line => line.Groups[1].Value));
    }

    [Theory]
    [InlineData("warning")]
    [InlineData("error")]
    public async Task NoLevelOfTheLogSilencesTheAudit(string level)
    {
        await using var holder = Holder();
        var alice = KeyOwner.Make(KeyProfile.Curve25519, null, out byte[] secrets);
        holder.AddKey("alice.asc", secrets);
        holder.Configure($"log: {{level: {level}}}");
        await holder.StartAsync();
        await using var client = KeyOwner.ClientOf(holder.Socket);
        await alice.SignAsync(client);
        await holder.WaitForTextAsync($"information: key-use: operation=sign, key={alice.SigningKey.Fingerprint}, ");
        Assert.DoesNotContain("secret keys from", holder.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatAnAskerClaimsCanForgeNeitherALineNorAField()
    {
        await using var holder = Holder();
        var alice = KeyOwner.Make(KeyProfile.Curve25519, null, out byte[] secrets);
        holder.AddKey("alice.asc", secrets);
        await holder.StartAsync();
        await using var client = KeyOwner.ClientOf(holder.Socket);
        using var signer = alice.Begin(new(), out var pending);
        await client.SignAsync(pending, new Engine.Custody.KeyUse("a, outcome=refused", "<x>\nkey-use: operation=sign"), KeyOwner.Ct);

        await holder.WaitForTextAsync("outcome=done");
        await holder.WaitForTextAsync(@"message=a\u002c\u0020outcome=refused, for=<x>\u000akey-use:\u0020operation=sign, peer-uid=");
    }

    [Fact]
    public async Task ThePassphraseIsNowhereToBeSeen()
    {
        await using var holder = Holder(Passphrase);
        KeyOwner.Make(KeyProfile.Curve25519, Passphrase, out byte[] secrets);
        holder.AddKey("alice.asc", secrets);
        await holder.StartAsync();
        string process = $"/proc/{holder.ProcessId.ToString(CultureInfo.InvariantCulture)}";
        Assert.Contains("keyholder", await File.ReadAllTextAsync($"{process}/cmdline", KeyOwner.Ct), StringComparison.Ordinal);
        foreach (string place in (string[])["cmdline", "environ"])
            Assert.DoesNotContain(Passphrase, await File.ReadAllTextAsync($"{process}/{place}", KeyOwner.Ct), StringComparison.Ordinal);
        Assert.Equal(0, await holder.StopAsync());
        Assert.DoesNotContain(Passphrase, holder.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeysThatCantBeUsedAreToldWithFileAndReasonAndTheOthersWork()
    {
        await using var holder = Holder(Passphrase);
        var alice = KeyOwner.Make(KeyProfile.Curve25519, Passphrase, out byte[] secrets);
        var bob = KeyOwner.Make(KeyProfile.Curve25519, "another passphrase", out byte[] locked);
        KeyOwner.Make(KeyProfile.Curve25519, null, out byte[] readable);
        string others = holder.AddKey("a-others.asc", readable), wrong = holder.AddKey("b-wrong.asc", locked), none = holder.AddKey("c-none.key", "no key"u8.ToArray());
        File.SetUnixFileMode(others, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        holder.AddKey("d-alice.asc", secrets);
        holder.AddKey("e-alice-too.asc", secrets);
        holder.AddKey("ignored.txt", secrets);
        await holder.StartAsync();

        await holder.WaitForTextAsync($"a secret key is not used: {others}: others can read or change it: chmod go= {others}");
        await holder.WaitForTextAsync($"{wrong}: {bob.SigningKey.Fingerprint}: wrong passphrase, or a damaged key");
        await holder.WaitForTextAsync($"a secret key is not used: {none}: ");
        await holder.WaitForTextAsync($"e-alice-too.asc: {alice.SigningKey.Fingerprint}: another file has this key, too");
        await holder.WaitForTextAsync("holds 3 secret keys");
        Assert.DoesNotContain("ignored.txt", holder.Log, StringComparison.Ordinal);
        await using var client = KeyOwner.ClientOf(holder.Socket);
        Assert.False(await client.HoldsAsync(bob.Certificate.Fingerprint, bob.SigningKey, KeyOperation.Sign, KeyOwner.Ct));
        Assert.True(await alice.VerifiesAsync(await alice.SignAsync(client)));
    }

    [Fact]
    public async Task SighupReadsTheFolderAgainAndThoseConnectedLearnOfIt()
    {
        await using var holder = Holder();
        var alice = KeyOwner.Make(KeyProfile.Curve25519, null, out byte[] secrets);
        var bob = KeyOwner.Make(KeyProfile.Rfc9580, null, out byte[] more);
        string file = holder.AddKey("alice.asc", secrets);
        await holder.StartAsync();
        await using var client = KeyOwner.ClientOf(holder.Socket);
        Assert.False(await client.HoldsAsync(bob.Certificate.Fingerprint, bob.SigningKey, KeyOperation.Sign, KeyOwner.Ct));
        byte[] message = await alice.EncryptAsync();
        await alice.DecryptAsync(client, message);

        holder.AddKey("bob.asc", more);
        File.Delete(file);
        await holder.ReloadAsync();
        await TestSupport.Patience.UntilAsync(
            async () => await client.HoldsAsync(bob.Certificate.Fingerprint, bob.SigningKey, KeyOperation.Sign, KeyOwner.Ct), () => "the client did not learn of the new key");
        Assert.True(await bob.VerifiesAsync(await bob.SignAsync(client)));
        Assert.False(await client.HoldsAsync(alice.Certificate.Fingerprint, alice.SigningKey, KeyOperation.Sign, KeyOwner.Ct));
        await Assert.ThrowsAsync<SecretKeyException>(() => alice.SignAsync(client));
        await Assert.ThrowsAsync<SecretKeyException>(() => alice.DecryptAsync(client, message));
    }

    [Fact]
    public async Task AFolderThatCantBeReadUponSighupLeavesTheKeysAsTheyWere()
    {
        await using var holder = Holder();
        var alice = KeyOwner.Make(KeyProfile.Curve25519, null, out byte[] secrets);
        holder.AddKey("alice.asc", secrets);
        await holder.StartAsync();
        Directory.Move(holder.KeyFolder, holder.KeyFolder + "-away");
        await holder.SignalAsync("HUP");
        await holder.WaitForTextAsync("error: the secret keys can't be read again, those known so far stay in use: ");
        await using var client = KeyOwner.ClientOf(holder.Socket);
        Assert.True(await alice.VerifiesAsync(await alice.SignAsync(client)));
    }

    [Fact]
    public async Task AKilledHolderIsATemporaryFailureUntilItIsBack()
    {
        await using var holder = Holder();
        var alice = KeyOwner.Make(KeyProfile.Curve25519, null, out byte[] secrets);
        holder.AddKey("alice.asc", secrets);
        await holder.StartAsync();
        await using var client = KeyOwner.ClientOf(holder.Socket);
        await alice.SignAsync(client);

        await holder.KillAsync();
        await Assert.ThrowsAsync<SecretKeyException>(() => alice.SignAsync(client));
        await Assert.ThrowsAsync<SecretKeyException>(async () => await client.HoldsAsync(alice.Certificate.Fingerprint, alice.SigningKey, KeyOperation.Sign, KeyOwner.Ct));
        await holder.StartAsync();
        await TestSupport.Patience.UntilAsync(
            async () =>
            {
                try
                {
                    return await alice.VerifiesAsync(await alice.SignAsync(client));
                }
                catch (SecretKeyException)
                {
                    return false;
                }
            },
            () => "the client does not find it again");
    }

    [Fact]
    public async Task SigtermLetsItFinishAndRemovesTheSocket()
    {
        await using var holder = Holder();
        var alice = KeyOwner.Make(KeyProfile.Rsa3072, null, out byte[] secrets);
        holder.AddKey("alice.asc", secrets);
        await holder.StartAsync();
        await using var client = KeyOwner.ClientOf(holder.Socket);
        await alice.SignAsync(client);
        using var signer = alice.Begin(new(), out var pending);

        var asked = Enumerable.Range(0, 200).Select(_ => client.SignAsync(pending, KeyOwner.Use, KeyOwner.Ct).AsTask()).ToArray();
        await Task.WhenAny(asked);
        Assert.Equal(0, await holder.StopAsync());
        // What it has not read yet it has not begun: that fails, and none waits for ever.
        var ends = await Task.WhenAll(asked.Select(static task => task.ContinueWith(
            static ended => ended.Exception?.InnerException, KeyOwner.Ct, TaskContinuationOptions.None, TaskScheduler.Default)));
        Assert.All(ends, static failure => Assert.True(failure is null or SecretKeyException, $"{failure}"));
        Assert.Equal(ends.Count(static failure => failure is null) + 1, Regex.Count(holder.Log, "operation=sign.*outcome=done"));
        Assert.False(File.Exists(holder.Socket));
    }

    [Fact]
    public async Task AFolderOrAPassphraseThatOthersCanChangeEndsTheStart()
    {
        await using var holder = Holder(Passphrase);
        string passphrase = Path.Combine(holder.Root, "passphrase");
        foreach (var others in (UnixFileMode[])[UnixFileMode.GroupRead, UnixFileMode.OtherRead])
        {
            File.SetUnixFileMode(passphrase, UnixFileMode.UserRead | others);
            await ExpectAsync(holder, 66, $"the passphrase in {passphrase} is not used: others can read or change it: chmod go= {passphrase}");
        }

        File.SetUnixFileMode(passphrase, UnixFileMode.UserRead);
        File.SetUnixFileMode(holder.KeyFolder, (UnixFileMode)Convert.ToInt32("733", 8));
        await ExpectAsync(holder, 66, $"others can write into {holder.KeyFolder}: chmod go-w {holder.KeyFolder}");
    }

    [Fact]
    public async Task ACredentialHasTheGroupsRightThatSystemdGivesItAndNoOther()
    {
        await using var holder = Holder();
        var alice = KeyOwner.Make(KeyProfile.Curve25519, Passphrase, out byte[] secrets);
        holder.AddKey("alice.asc", secrets);
        holder.Configure("  passphrase: credential:keys");
        string credentials = Directory.CreateDirectory(Path.Combine(holder.Root, "credentials")).FullName, passphrase = Path.Combine(credentials, "keys");
        File.WriteAllText(passphrase, Passphrase);
        File.SetUnixFileMode(passphrase, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        await holder.StartAsync("env", $"CREDENTIALS_DIRECTORY={credentials}");
        await using var client = KeyOwner.ClientOf(holder.Socket);
        Assert.True(await alice.VerifiesAsync(await alice.SignAsync(client)));

        File.SetUnixFileMode(passphrase, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        await holder.SignalAsync("HUP");
        await holder.WaitForTextAsync($"the passphrase in {passphrase} is not used: others can read or change it");
    }

    [Fact]
    public async Task ItSaysWhatItsConfigurationLacks()
    {
        await using var holder = Holder();
        File.WriteAllText(holder.ConfigurationFile, "secret-keys: {held-by: daemon}\n");
        await ExpectAsync(holder, 78, "there is no `secret-keys: {held-by: keyholder}`");
        File.WriteAllText(holder.ConfigurationFile, $"secret-keys: {{directory: {holder.KeyFolder}, passphrase: \"credential:keys\", peers: 0}}\n");
        await ExpectAsync(holder, 66, "there is no credential 'keys': systemd hands it over with LoadCredential=keys:/path in the unit");
    }

    [Fact]
    public async Task ASecondOneLeavesTheFirstAlone()
    {
        await using var holder = Holder();
        await holder.StartAsync();
        await ExpectAsync(holder, 69, $"Can't listen on unix:{holder.Socket}: another process listens there.");
    }

    private static KeyHolderProcess Holder(string? passphrase = null)
    {
        if (MilterCryptProgram.Missing() is { } missing)
            Assert.Skip(missing);
        return new KeyHolderProcess(Ourselves, passphrase);
    }

    private static async Task ExpectAsync(KeyHolderProcess holder, int exitCode, string complaint)
    {
        // One that starts all the same is ended, and that is another exit code.
        var result = await Command.RunAsync(
            "timeout", ["60", MilterCryptProgram.Path, "keyholder", "--config", holder.ConfigurationFile], ct: KeyOwner.Ct);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(complaint, result.Error, StringComparison.Ordinal);
    }
}
