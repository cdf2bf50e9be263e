using System.Text;

namespace MilterCrypt.Tests.Commands;

/// <summary>`miltercrypt encrypt`: the filter without a milter.</summary>
public sealed class EncryptCommandTests(People people)
{
    private static readonly byte[] UnixLetter = Encoding.UTF8.GetBytes(
        "From: alice@example.org\nSubject: =?utf-8?q?h=C3=A4?=\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nHällo\n.\nWelt\n");

    [Fact]
    public async Task GpgOpensWhatItWrites()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        var result = (await here.RunAsync(["encrypt", "--from", "alice@example.org", "--to", "bob@example.org"], UnixLetter)).OrThrow();

        Assert.StartsWith("From: alice@example.org\nSubject: =?utf-8?q?h=C3=A4?=\nMIME-Version: 1.0\nContent-Type: multipart/encrypted;", result.OutputText, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', result.OutputText);
        Assert.DoesNotContain("llo", result.OutputText.Split("-----BEGIN")[0], StringComparison.Ordinal);
        string opened = Encoding.UTF8.GetString(await people.Bob.OpenAsync(result.Output));
        Assert.Equal("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nHällo\r\n.\r\nWelt\r\n", opened);
    }

    [Fact]
    public async Task ACrLfMessageStaysOne()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        byte[] letter = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(UnixLetter).ReplaceLineEndings("\r\n"));
        string output = (await here.RunAsync(["encrypt", "--from", "alice@example.org", "--to", "bob@example.org"], letter)).OrThrow().OutputText;
        Assert.All(output.TrimEnd('\n').Split('\n'), line => Assert.EndsWith("\r", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task KeysCanComeFromFilesInstead()
    {
        using var here = new Installation();
        string key = here.Write("bob.asc", people.Bob.PublicKey);
        var result = (await here.RunAsync(["encrypt", "--from", "a@example.org", "--to", "bob@example.org", "--keys", key], UnixLetter)).OrThrow();
        Assert.Contains("-----BEGIN PGP MESSAGE-----", result.OutputText, StringComparison.Ordinal);
        Assert.False(File.Exists(here.Store));
    }

    [Theory]
    [InlineData("reject", 77, "550 5.7.1")]
    [InlineData("defer", 75, "450 4.7.1")]
    public async Task ARecipientWithoutKeyLeavesNothingOnStandardOutput(string withoutKey, int exitCode, string reply)
    {
        using var here = new Installation($"rules: [{{encrypt: always, without-key: {withoutKey}}}]");
        await here.ImportAsync(people.Bob);
        var result = await here.RunAsync(["encrypt", "--from", "alice@example.org", "--to", "bob@example.org", "--to", "nobody@example.org"], UnixLetter);
        Assert.Equal((exitCode, 0), (result.ExitCode, result.Output.Length));
        Assert.StartsWith($"miltercrypt: <nobody@example.org>: {reply} ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnExpiredKeyIsNamedInTheRefusal()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Carol);
        var result = await here.RunAsync(["encrypt", "--from", "alice@example.org", "--to", "carol@example.org"], UnixLetter);
        Assert.Equal((77, 0), (result.ExitCode, result.Output.Length));
        Assert.Contains("expired 2022-03-01", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rules: [{encrypt: never}]")]
    [InlineData("rules: [{encrypt: when-possible}]")]
    public async Task AMessageThatMayLeaveAsItIsDoesSoToTheByte(string rules)
    {
        using var here = new Installation(rules);
        await here.ImportAsync(people.Bob);
        byte[] odd = [.. "From: a\r\nX-Odd:\tx \r\n y\nSubject: \xff\n\n\0body\rwith\nno end"u8];
        var result = (await here.RunAsync(["encrypt", "--from", "a@example.org", "--to", "nobody@example.org"], odd)).OrThrow();
        Assert.Equal(odd, result.Output);
    }

    [Fact]
    public async Task WhatIsEncryptedAlreadyIsLeftAsItIs()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        byte[] once = (await here.RunAsync(["encrypt", "--from", "a@example.org", "--to", "bob@example.org"], UnixLetter)).OrThrow().Output;
        byte[] twice = (await here.RunAsync(["encrypt", "--from", "a@example.org", "--to", "bob@example.org"], once)).OrThrow().Output;
        Assert.Equal(once, twice);
    }

    [Fact]
    public async Task AHundredMegabytesStreamThroughLittleMemoryAndWhatIsEncryptedAlreadyComesBackToTheByte()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        byte[] letter = new byte[100 << 20];
        letter.AsSpan().Fill((byte)'x');
        for (int i = 76; i < letter.Length; i += 77)
            letter[i] = (byte)'\n';
        "From: alice@example.org\nSubject: long\n\n"u8.CopyTo(letter);

        var once = (await here.RunInLittleMemoryAsync(["encrypt", "--from", "a@example.org", "--to", "bob@example.org"], letter)).OrThrow().Output;
        Assert.StartsWith("From: alice@example.org\nSubject: long\nMIME-Version: 1.0\n", Encoding.ASCII.GetString(once, 0, 100), StringComparison.Ordinal);
        Assert.InRange(once.Length, letter.Length * 4L / 3, letter.Length * 3L / 2);
        var twice = (await here.RunInLittleMemoryAsync(["encrypt", "--from", "a@example.org", "--to", "bob@example.org"], once)).OrThrow().Output;
        Assert.True(twice.AsSpan().SequenceEqual(once), "it came back changed");
        Assert.DoesNotContain(Directory.GetFiles(here.PathOf("")), file => Path.GetFileName(file).StartsWith("spool", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rules: [{match: {larger-than: 100}, encrypt: never}, {encrypt: always}]")]
    [InlineData("rules: [{match: {larger-than: 10MiB}, encrypt: never}, {encrypt: when-possible}]")]
    public async Task AMessageThatLeavesAsItIsForItsLengthDoesSoToTheByte(string rules)
    {
        using var here = new Installation(rules);
        await here.ImportAsync(people.Bob);
        byte[] odd = [.. "From: a\nSubject: \xff\n\n\0body\rwith\n\r\n"u8, .. Enumerable.Repeat((byte)'x', 200_000), .. "\nno end"u8];
        var result = (await here.RunAsync(["encrypt", "--from", "a@example.org", "--to", "nobody@example.org"], odd)).OrThrow();
        Assert.True(result.Output.AsSpan().SequenceEqual(odd), $"{odd.Length} octets became {result.Output.Length}");
    }

    [Fact]
    public async Task WhatIsEncryptedAlreadyIsLeftAsItIsWhereItsLengthCountsToo()
    {
        using var here = new Installation("rules: [{match: {larger-than: 10MiB}, encrypt: never}, {encrypt: always}]");
        await here.ImportAsync(people.Bob);
        byte[] once = (await here.RunAsync(["encrypt", "--from", "a@example.org", "--to", "bob@example.org"], UnixLetter)).OrThrow().Output;
        Assert.Contains("-----BEGIN PGP MESSAGE-----", Encoding.ASCII.GetString(once), StringComparison.Ordinal);
        byte[] twice = (await here.RunAsync(["encrypt", "--from", "a@example.org", "--to", "bob@example.org"], once)).OrThrow().Output;
        Assert.Equal(once, twice);
    }

    [Fact]
    public async Task AHeaderAboveItsLimitIsRefused()
    {
        using var here = new Installation("limits: {header: 4KiB}\n" + Installation.EncryptOrReject);
        await here.ImportAsync(people.Bob);
        byte[] letter = Encoding.ASCII.GetBytes($"Subject: {new string('x', 5000)}\n\ntext\n");
        var result = await here.RunAsync(["encrypt", "--from", "a@example.org", "--to", "bob@example.org"], letter);
        Assert.Equal((65, 0), (result.ExitCode, result.Output.Length));
        Assert.Contains("longer than 4096 bytes", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNoMessageIsRefused()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        var result = await here.RunAsync(["encrypt", "--from", "a@example.org", "--to", "bob@example.org"], "no header at all\n"u8.ToArray());
        Assert.Equal((65, 0), (result.ExitCode, result.Output.Length));
    }

    [Fact]
    public async Task TheRulesSeeTheUser()
    {
        using var here = new Installation("rules: [{match: {user: alice}, encrypt: always}, {encrypt: never}]");
        await here.ImportAsync(people.Bob);
        var known = await here.RunAsync(["encrypt", "--from", "a@example.org", "--to", "x@example.org", "--user", "alice"], UnixLetter);
        var unknown = await here.RunAsync(["encrypt", "--from", "a@example.org", "--to", "x@example.org"], UnixLetter);
        Assert.Equal((77, 0), (known.ExitCode, unknown.ExitCode));
    }
}
