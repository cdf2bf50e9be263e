namespace MilterCrypt.Tests.Commands;

/// <summary>`miltercrypt keys verify`, and what `minimum-trust` makes of it, as a user sees it.</summary>
public sealed class KeysVerifyTests(People people)
{
    private const string OnlyVerified = "rules: [{encrypt: always, minimum-trust: verified}]";

    private static readonly byte[] Letter = "From: alice@example.org\r\nTo: bob@example.org\r\nSubject: plans\r\n\r\nthe eagle lands\r\n"u8.ToArray();

    [Fact]
    public async Task MailIsEncryptedOnceSomebodyHasComparedTheFingerprint()
    {
        using var here = new Installation(OnlyVerified);
        await here.ImportAsync(people.Bob);
        string bobs = (await here.RunAsync("keys", "find", "bob@example.org")).OrThrow().OutputText.Trim();
        var before = await EncryptAsync(here);
        Assert.Equal((77, ""), (before.ExitCode, before.OutputText));
        Assert.Contains("nobody has verified yet that the key which is known here is the recipient's", before.Error, StringComparison.Ordinal);
        Assert.Contains($"(key not verified: {bobs})", (await ExplainAsync(here)).OutputText, StringComparison.Ordinal);

        // As people read it out: in groups, in lower case.
        string spoken = string.Join(' ', bobs.Chunk(4).Select(static four => new string(four))).ToLowerInvariant();
        Assert.Equal($"verified   {bobs}  bob@example.org\n", (await here.RunAsync("keys", "verify", spoken, "bob@example.org")).OrThrow().OutputText);
        Assert.Contains("multipart/encrypted", (await EncryptAsync(here)).OrThrow().OutputText, StringComparison.Ordinal);
        Assert.Contains($"Key {bobs}, verified, user ID", (await ExplainAsync(here)).OutputText, StringComparison.Ordinal);
        Assert.Contains("  verified:    bob@example.org\n", (await here.RunAsync("keys", "show", bobs)).OrThrow().OutputText, StringComparison.Ordinal);

        Assert.Equal(
            "withdrawn\nit still serves bob@example.org: `keys verify` of another key, or `keys remove`, changes that\n",
            (await here.RunAsync("keys", "verify", "--withdraw", bobs, "bob@example.org")).OrThrow().OutputText);
        Assert.Equal(77, (await EncryptAsync(here)).ExitCode);
        Assert.Equal(1, (await here.RunAsync("keys", "verify", "--withdraw", bobs, "bob@example.org")).ExitCode);
    }

    [Fact]
    public async Task WhatComesLaterIntoAVerifiedKeyIsNotVerifiedWithIt()
    {
        using var here = new Installation(OnlyVerified);
        await using var dora = await TestSupport.Correspondent.AppearAsync("dora@example.org", "future-default");
        await here.ImportAsync(dora);
        string doras = (await here.RunAsync("keys", "find", "dora@example.org")).OrThrow().OutputText.Trim();
        (await here.RunAsync("keys", "verify", doras, "dora@example.org")).OrThrow();
        (await dora.GpgAsync(["--passphrase", "", "--quick-add-uid", doras, "<bob@example.org>"])).OrThrow();
        (await here.RunAsync(["keys", "import", "-"], (await dora.GpgAsync(["--export"])).OrThrow().Output)).OrThrow();

        Assert.Equal(doras, (await here.RunAsync("keys", "find", "bob@example.org")).OutputText.Trim());
        Assert.Equal(77, (await EncryptAsync(here)).ExitCode);
        Assert.Contains("  verified:    dora@example.org\n", (await here.RunAsync("keys", "show", doras)).OrThrow().OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MailGoesToTheVerifiedKeyWhicheverWasThereFirst()
    {
        using var here = new Installation();
        await using var other = await TestSupport.Correspondent.AppearAsync("bob@example.org", "future-default");
        await here.ImportAsync(other);
        string others = (await here.RunAsync("keys", "find", "bob@example.org")).OrThrow().OutputText.Trim();
        (await here.RunAsync(["keys", "import", "--replace", "-"], people.Bob.PublicKey)).OrThrow();
        Assert.NotEqual(others, (await here.RunAsync("keys", "find", "bob@example.org")).OutputText.Trim());

        Assert.EndsWith(
            $"verified   {others}  bob@example.org\n           takes over bob@example.org\n",
            (await here.RunAsync("keys", "verify", others, "bob@example.org")).OrThrow().OutputText,
            StringComparison.Ordinal);
        Assert.Equal(others, (await here.RunAsync("keys", "find", "bob@example.org")).OutputText.Trim());
    }

    [Fact]
    public async Task OnlyAWholeFingerprintAndAnAddressOfItsAreTaken()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        await here.ImportAsync(people.Carol);
        string[] keys = [.. (await here.ListAsync()).Select(static line => line.Split(' ')[0])];
        var tooShort = await here.RunAsync("keys", "verify", keys[0][^16..], "bob@example.org");
        Assert.Equal(64, tooShort.ExitCode);
        Assert.Contains("is no fingerprint of 40 or 64 hexadecimal digits", tooShort.Error, StringComparison.Ordinal);
        Assert.Equal(66, (await here.RunAsync("keys", "verify", new string('A', 40), "bob@example.org")).ExitCode);
        var strangers = await here.RunAsync("keys", "verify", keys[0], "carol@example.org");
        Assert.Equal(65, strangers.ExitCode);
        Assert.Contains("can't be used for carol@example.org", strangers.Error, StringComparison.Ordinal);
        // Expired.
        Assert.Equal(65, (await here.RunAsync("keys", "verify", keys[1], "carol@example.org")).ExitCode);
        // Whoever has a key can write any address into it.
        Assert.Equal(64, (await here.RunAsync("keys", "verify", keys[0])).ExitCode);
    }

    private static Task<TestSupport.Processes.CommandResult> EncryptAsync(Installation here) =>
        here.RunAsync(["encrypt", "--from", "alice@example.org", "--to", "bob@example.org"], Letter);

    private static Task<TestSupport.Processes.CommandResult> ExplainAsync(Installation here) =>
        here.RunAsync("explain", "--from", "alice@example.org", "--to", "bob@example.org");
}
