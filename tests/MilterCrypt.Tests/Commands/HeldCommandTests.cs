namespace MilterCrypt.Tests.Commands;

/// <summary>`held` where something is missing: what it says, and that nothing is done. (What it does is shown with a real mail server.)</summary>
public sealed class HeldCommandTests(People people)
{
    private const string Rules = "rules: [{encrypt: always, without-key: hold, escrow: escrow@example.org}]";

    [Theory]
    [InlineData("list", 78, "there is no `held`, such as", false)]
    [InlineData("list", 0, "", true)]
    [InlineData("list --json", 0, "[]", true)]
    [InlineData("show 20260101T000000Z-0123456789abcdef", 66, "no message '20260101T000000Z-0123456789abcdef' is held", true)]
    [InlineData("show ../keys.db", 66, "no message '../keys.db' is held", true)]
    [InlineData("release", 64, "name messages, or say --all-ready", true)]
    [InlineData("release --all-ready", 78, "there is no `reinject`", true)]
    [InlineData("release --to x@y.example --clear 1", 64, "'--clear'", true)]
    [InlineData("discard 20260101T000000Z-0123456789abcdef", 64, "nobody is there to be asked", true)]
    public async Task WhatIsMissingIsSaid(string arguments, int exitCode, string said, bool canHold)
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        Directory.CreateDirectory(here.PathOf("held"));
        here.Configure(canHold ? $"held: {{directory: {here.PathOf("held")}}}\n{Rules}" : "rules: [{encrypt: never}]");
        var result = await here.RunAsync(["held", .. arguments.Split(' ')]);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(said, result.OutputText + result.Error, StringComparison.Ordinal);
    }

    /// <summary>What others put there would be released, and signed, in whose name they like.</summary>
    [Theory]
    [InlineData("held list", 73)]
    [InlineData("held release --all-ready", 73)]
    [InlineData("check --no-mta", 78)]
    [InlineData("serve", 73)]
    public async Task AFolderIntoWhichOthersCanWriteIsNotBelieved(string command, int exitCode)
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        Directory.CreateDirectory(here.PathOf("held"));
        here.Configure($"listen: unix:{here.PathOf("milter.sock")}\nheld: {{directory: {here.PathOf("held")}}}\n{Rules}");
        foreach (var forbidden in (UnixFileMode[])[UnixFileMode.GroupWrite, UnixFileMode.OtherWrite])
        {
            File.SetUnixFileMode(here.PathOf("held"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | forbidden);
            var result = await here.RunAsync(command.Split(' '));
            Assert.Equal(exitCode, result.ExitCode);
            Assert.Contains($"held.directory: others can write into {here.PathOf("held")}: chmod go-w ", result.OutputText + result.Error, StringComparison.Ordinal);
        }
    }
}
