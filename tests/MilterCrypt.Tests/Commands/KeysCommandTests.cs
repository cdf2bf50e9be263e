using System.Text.Json;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Tests.Commands;

/// <summary>`miltercrypt keys list|show|find|export|remove`, as a user sees them.</summary>
public sealed class KeysCommandTests(People people)
{
    [Fact]
    public async Task FindSaysWhichKeyWouldBeUsed()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        var found = await here.RunAsync("keys", "find", "BOB@Example.ORG");
        Assert.Equal(0, found.ExitCode);
        Assert.Matches("^[0-9A-F]{40}\n$", found.OutputText);

        var unknown = await here.RunAsync("keys", "find", "nobody@example.org");
        Assert.Equal((1, "", "miltercrypt: there is no key for nobody@example.org\n"), (unknown.ExitCode, unknown.OutputText, unknown.Error));
    }

    [Fact]
    public async Task FindSaysWhyAKeyCannotBeUsed()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Carol);
        var found = await here.RunAsync("keys", "find", "carol@example.org");
        Assert.Equal((1, ""), (found.ExitCode, found.OutputText));
        Assert.Equal("miltercrypt: the key of carol@example.org can't be used: expired 2022-03-01\n", found.Error);
    }

    [Fact]
    public async Task TheListIsJsonForPrograms()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        await here.ImportAsync(people.Carol);
        using var json = JsonDocument.Parse((await here.RunAsync("keys", "list", "--json")).OrThrow().Output);
        Assert.Equal([true, false], json.RootElement.EnumerateArray().Select(key => key.GetProperty("usable").GetBoolean()));
        Assert.Equal("expired 2022-03-01", json.RootElement[1].GetProperty("problem").GetString());
        Assert.Equal("bob@example.org", json.RootElement[0].GetProperty("addresses")[0].GetString());

        Assert.Single((await here.RunAsync("keys", "list", "--unusable")).OrThrow().OutputText.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task AnEmptyStoreIsAnEmptyList()
    {
        using var here = new Installation();
        await here.RunAsync("keys", "import", "/dev/null");
        Assert.Equal("[]\n", (await here.RunAsync("keys", "list", "--json")).OrThrow().OutputText);
    }

    [Fact]
    public async Task ShowTellsEachPartsVerdict()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Carol);
        string shown = (await here.RunAsync("keys", "show", "carol@example.org")).OrThrow().OutputText;
        Assert.Contains("to encrypt:  expired 2022-03-01", shown, StringComparison.Ordinal);
        Assert.Contains("user ID:     ", shown, StringComparison.Ordinal);
        Assert.Contains("subkey:      ", shown, StringComparison.Ordinal);
        Assert.Contains("source:      standard input", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhatIsExportedIsWhatGpgImports(bool armor)
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        string fingerprint = (await here.ListAsync())[0].Split(' ')[0];
        string[] arguments = armor ? ["keys", "export", "--armor", fingerprint] : ["keys", "export", fingerprint];
        byte[] exported = (await here.RunAsync(arguments)).OrThrow().Output;
        Assert.Equal(armor, exported.AsSpan().StartsWith("-----BEGIN PGP PUBLIC KEY BLOCK-----\n"u8));

        await using var somebody = await Correspondent.AppearAsync("else@example.org", "future-default");
        (await somebody.GpgAsync(["--import"], exported)).OrThrow();
        Assert.Contains(fingerprint, (await somebody.GpgAsync(["--with-colons", "--list-keys", "bob@example.org"])).OrThrow().OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AKeyIsRemovedOnlyWhereSomebodySaysYes()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        var silent = await here.RunAsync("keys", "remove", "bob@example.org");
        Assert.Equal(64, silent.ExitCode);
        Assert.Contains("--yes", silent.Error, StringComparison.Ordinal);
        Assert.Single(await here.ListAsync());

        (await here.RunAsync("keys", "remove", "--yes", "bob@example.org")).OrThrow();
        Assert.Empty(await here.ListAsync());
        Assert.Equal(66, (await here.RunAsync("keys", "remove", "--yes", "bob@example.org")).ExitCode);
        await here.ImportAsync(people.Bob);
        Assert.Single(await here.ListAsync());
    }

    [Theory]
    [InlineData("show", "bob")]
    [InlineData("show", "0123")]
    [InlineData("find", "a@b@")]
    public async Task WhatIsNeitherFingerprintNorAddressIsMisuse(string command, string name)
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        Assert.Equal(64, (await here.RunAsync("keys", command, name)).ExitCode);
    }

    [Fact]
    public async Task AStoreThatIsNotThereIsNoInput()
    {
        using var here = new Installation();
        var result = await here.RunAsync("keys", "list");
        Assert.Equal(66, result.ExitCode);
        Assert.Contains(here.Store, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStoreThatIsDamagedIsSaidToBe()
    {
        using var here = new Installation();
        here.Write("keys.db", [.. Enumerable.Repeat((byte)'x', 8192)]);
        var result = await here.RunAsync("keys", "list");
        Assert.Equal(74, result.ExitCode);
        Assert.Contains("is not a key store", result.Error, StringComparison.Ordinal);
    }
}
