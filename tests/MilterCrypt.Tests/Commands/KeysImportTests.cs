using System.Text;

namespace MilterCrypt.Tests.Commands;

/// <summary>`miltercrypt keys import`, as a user sees it.</summary>
public sealed class KeysImportTests(People people)
{
    [Fact]
    public async Task AKeyIsTakenAndTheSameKeyAgainChangesNothing()
    {
        using var here = new Installation();
        var first = await here.ImportAsync(people.Bob);
        Assert.Matches("^added      [0-9A-F]{40}  usable until .+  <?bob@example.org>?\n +serves bob@example.org\nadded: 1, updated: 0, unchanged: 0, not taken: 0\n$", first.OutputText);

        var second = await here.ImportAsync(people.Bob);
        Assert.EndsWith("added: 0, updated: 0, unchanged: 1, not taken: 0\n", second.OutputText, StringComparison.Ordinal);
        Assert.Single(await here.ListAsync());
    }

    [Fact]
    public async Task AnExpiredKeyIsTakenAndSaidToBe()
    {
        using var here = new Installation();
        Assert.Contains("expired 2022-03-01", (await here.ImportAsync(people.Carol)).OutputText, StringComparison.Ordinal);
        Assert.Equal(1, (await here.RunAsync("keys", "find", "carol@example.org")).ExitCode);
    }

    [Fact]
    public async Task AnUpdatedKeyIsMergedWithWhatIsThere()
    {
        using var here = new Installation();
        await using var dora = await TestSupport.Correspondent.AppearAsync("dora@example.org", "future-default");
        await here.ImportAsync(dora);
        byte[] before = dora.PublicKey;
        string fingerprint = (await here.ListAsync())[0].Split(' ')[0];
        (await dora.GpgAsync(["--passphrase", "", "--quick-add-uid", fingerprint, "<dora@other.example>"])).OrThrow();
        byte[] after = (await dora.GpgAsync(["--export"])).OrThrow().Output;

        var update = (await here.RunAsync(["keys", "import", "-"], after)).OrThrow();
        Assert.EndsWith("added: 0, updated: 1, unchanged: 0, not taken: 0\n", update.OutputText, StringComparison.Ordinal);
        var old = (await here.RunAsync(["keys", "import", "-"], before)).OrThrow();
        Assert.EndsWith("added: 0, updated: 0, unchanged: 1, not taken: 0\n", old.OutputText, StringComparison.Ordinal);
        Assert.Equal(0, (await here.RunAsync("keys", "find", "dora@other.example")).ExitCode);
    }

    [Fact]
    public async Task ASecondKeyForAnAddressNeedsTheAdministratorsWord()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        string bobs = Fingerprint(await here.ListAsync());
        // Mallory's own name stands first; the other one is what he is after.
        await using var mallory = await TestSupport.Correspondent.AppearAsync("mallory@example.org", "future-default");
        byte[] harmless = mallory.PublicKey;
        string mallorys = (await mallory.GpgAsync(["--list-keys", "--with-colons"])).OrThrow().OutputText.Split("fpr:::::::::")[1].Split(':')[0];
        (await mallory.GpgAsync(["--passphrase", "", "--quick-add-uid", mallorys, "Bob <BOB@example.org>"])).OrThrow();
        byte[] greedy = (await mallory.GpgAsync(["--export"])).OrThrow().Output;

        var refused = await here.RunAsync(["keys", "import", "-"], greedy);
        Assert.Equal(65, refused.ExitCode);
        Assert.Contains($"bob@example.org is served by {bobs}; give --replace to let this one take over", refused.Error, StringComparison.Ordinal);

        // By an update it is the same.
        (await here.RunAsync(["keys", "import", "-"], harmless)).OrThrow();
        Assert.Equal(65, (await here.RunAsync(["keys", "import", "--keep-going", "-"], greedy)).ExitCode);
        Assert.Equal(bobs, (await here.RunAsync("keys", "find", "bob@example.org")).OutputText.Trim());

        var replaced = (await here.RunAsync(["keys", "import", "--replace", "-"], greedy)).OrThrow();
        Assert.Matches("\n +serves (mallory@example.org, bob@example.org|bob@example.org, mallory@example.org)\n +takes over bob@example.org\n", replaced.OutputText);
        Assert.Equal(mallorys, (await here.RunAsync("keys", "find", "bob@example.org")).OutputText.Trim());
        string note = $"bob@example.org has 2 usable keys: {mallorys} is used, not {bobs}";
        Assert.Contains(note, (await here.RunAsync("check", "--no-mta")).OutputText, StringComparison.Ordinal);
        Assert.Contains(note, (await here.RunAsync("keys", "list")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RootMakesNoStoreInAnotherUsersFolder()
    {
        if (Environment.UserName != "root")
            Assert.Skip("only root can");
        using var here = new Installation();
        string folder = Directory.CreateDirectory(here.PathOf("lib")).FullName;
        (await TestSupport.Processes.Command.RunAsync("chown", ["nobody", folder], default, TestContext.Current.CancellationToken)).OrThrow();
        File.WriteAllText(here.ConfigurationFile, $"store: sqlite:{folder}/keys.db\n{Installation.EncryptOrReject}\n");
        var result = await here.RunAsync(["keys", "import", "-"], people.Bob.PublicKey);
        Assert.Equal(73, result.ExitCode);
        Assert.Contains("runuser -u nobody -- miltercrypt keys import", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder, "keys.db")));
    }

    [Fact]
    public async Task ASecretKeyIsRefusedAndKeepsEverythingOut()
    {
        using var here = new Installation();
        byte[] secret = (await people.Bob.GpgAsync(["--armor", "--export-secret-keys"])).OrThrow().Output;
        string good = here.Write("carol.asc", people.Carol.PublicKey);
        string bad = here.Write("bob.asc", secret);

        var result = await here.RunAsync("keys", "import", good, bad);
        Assert.Equal(65, result.ExitCode);
        Assert.Contains("bob.asc", result.Error, StringComparison.Ordinal);
        Assert.Contains("it is a secret key", result.Error, StringComparison.Ordinal);
        Assert.Contains("gpg --export", result.Error, StringComparison.Ordinal);
        Assert.Contains("nothing was imported", result.Error, StringComparison.Ordinal);
        Assert.Empty(await here.ListAsync());
        AssertNowhere(here, secret);
    }

    [Fact]
    public async Task WhatIsGoodIsTakenWhereToldToKeepGoing()
    {
        using var here = new Installation();
        string good = here.Write("carol.asc", people.Carol.PublicKey);
        string bad = here.Write("junk.asc", Encoding.ASCII.GetBytes("nothing of the kind"));

        var result = await here.RunAsync("keys", "import", "--keep-going", bad, good);
        Assert.Equal(65, result.ExitCode);
        Assert.Contains("no OpenPGP data", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("added: 1, updated: 0, unchanged: 0, not taken: 1\n", result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFolderGivesAllThatIsCalledLikeAKeyInIt()
    {
        using var here = new Installation();
        here.Write("ring/a/bob.asc", people.Bob.PublicKey);
        here.Write("ring/b/carol.GPG", people.Carol.PublicKey);
        here.Write("ring/README", "not a key"u8.ToArray());

        (await here.RunAsync("keys", "import", here.PathOf("ring"))).OrThrow();
        Assert.Equal(2, (await here.ListAsync()).Length);
    }

    [Fact]
    public async Task WhatIsNoKeyIsRefused()
    {
        using var here = new Installation();
        byte[] cut = people.Bob.PublicKey[..(people.Bob.PublicKey.Length / 2)];
        byte[][] junk = [[], [0], Encoding.ASCII.GetBytes("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n!!!!"), cut, [.. Enumerable.Repeat((byte)0xff, 100_000)]];
        foreach (byte[] content in junk)
            Assert.Equal(65, (await here.RunAsync(["keys", "import", "-"], content)).ExitCode);
        Assert.Empty(await here.ListAsync());
    }

    [Fact]
    public async Task AMissingFileIsNoInput()
    {
        using var here = new Installation();
        var result = await here.RunAsync("keys", "import", here.PathOf("nowhere.asc"));
        Assert.Equal(66, result.ExitCode);
        Assert.Contains("nowhere.asc", result.Error, StringComparison.Ordinal);
    }

    private static string Fingerprint(string[] list) => Assert.Single(list).Split(' ')[0];

    private static void AssertNowhere(Installation here, byte[] secret)
    {
        byte[] part = secret[200..260];
        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(here.Store)!, "keys.db*"))
            Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(part));
    }
}
