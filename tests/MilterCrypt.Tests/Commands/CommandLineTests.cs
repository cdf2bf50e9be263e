using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;
using MilterCrypt.Tests.Architecture;

namespace MilterCrypt.Tests.Commands;

/// <summary>Help, completion, exit codes: the program's manners.</summary>
public sealed class CommandLineTests
{
    private static readonly string[] AllCommands = ["serve", "check", "keys", "encrypt", "probe", "keyholder", "sop", "version"];

    [Fact]
    public async Task HelpNamesEachCommand()
    {
        using var here = new Installation();
        string help = (await here.RunAsync("--help")).OrThrow().OutputText;
        Assert.All(AllCommands, command => Assert.Contains($"\n  {command} ", help, StringComparison.Ordinal));
        foreach (string command in AllCommands)
            Assert.Contains("--config <FILE>", (await here.RunAsync(command, "--help")).OrThrow().OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("serve --frobnicate")]
    [InlineData("encrypt")]
    [InlineData("keys")]
    [InlineData("keys import")]
    [InlineData("serve --listen nowhere")]
    [InlineData("probe")]
    [InlineData("probe nowhere")]
    [InlineData("probe systemd:milter")]
    [InlineData("probe unix:/x --as exim")]
    [InlineData("probe unix:/x --version 7")]
    [InlineData("probe unix:/x --count 0")]
    [InlineData("probe unix:/x --client here")]
    [InlineData("probe unix:/x --macro nothing")]
    [InlineData("probe unix:/x --local --as sendmail")]
    public async Task AWrongCommandLineIsMisuse(string arguments)
    {
        using var here = new Installation();
        var result = await here.RunAsync(arguments.Split(' '));
        Assert.Equal(64, result.ExitCode);
        Assert.NotEmpty(result.Error);
    }

    [Fact]
    public async Task TheVersionNamesTheProgramAndItsLibraries()
    {
        using var here = new Installation();
        string version = (await here.RunAsync("version")).OrThrow().OutputText;
        Assert.Matches(@"^miltercrypt \d+\.\d+\.\d+\n", version);
        Assert.Matches(@"OpenSSL 3\.\d+\.\d+", version);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("serve")]
    [InlineData("keys list")]
    [InlineData("encrypt --from a@b.example --to c@d.example")]
    public async Task AWrongConfigurationEndsEachCommandWithItsPlace(string command)
    {
        using var here = new Installation("rules: [{encrypt: allways}]");
        var result = await here.RunAsync(command.Split(' '));
        Assert.Equal((78, 0), (result.ExitCode, result.Output.Length));
        Assert.Equal(
            $"miltercrypt: {here.ConfigurationFile}:3:19: rules[0].encrypt: 'allways' is not one of always, when-possible, never; did you mean 'always'?\n",
            result.Error);
    }

    [Fact]
    public async Task CheckWarnsAndFailsWhereItMust()
    {
        using var here = new Installation("rules: [{encrypt: always, match: {domain: a.example}}]\nlisten: inet:127.0.0.1:8891");
        var warned = await here.RunAsync("check", "--no-mta");
        Assert.Equal(0, warned.ExitCode);
        Assert.Contains("warning: no rule is for all mail", warned.OutputText, StringComparison.Ordinal);
        Assert.Contains("warning: store: there is no file", warned.OutputText, StringComparison.Ordinal);

        File.WriteAllText(here.ConfigurationFile, "spool: {directory: /nowhere}\n");
        var wrong = await here.RunAsync("check", "--no-mta");
        Assert.Equal(78, wrong.ExitCode);
        Assert.Contains("error: spool.directory: there is no directory /nowhere", wrong.OutputText, StringComparison.Ordinal);
        Assert.Contains("error: there is no `store`", wrong.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFullDiskBehindStandardOutputIsAnErrorOfInputOrOutput()
    {
        using var here = new Installation("rules: [{encrypt: never}]");
        File.WriteAllText(here.PathOf("m.eml"), "Subject: x\n\n" + new string('x', 100_000));
        // Makes the key store, though it has no key to put there.
        await here.RunAsync(["keys", "import", "-"], default);
        string command = $"{MilterCryptProgram.Path} encrypt --config {here.ConfigurationFile} --from a@b.example --to c@d.example < {here.PathOf("m.eml")} > /dev/full";
        var result = await Command.RunAsync("sh", ["-c", command], ct: TestContext.Current.CancellationToken);
        Assert.Equal(74, result.ExitCode);
        Assert.StartsWith("miltercrypt: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheManualNamesEachCommandOfKeysAndSop()
    {
        using var here = new Installation();
        string manual = File.ReadAllText(Path.Combine(Repository.Root, "packaging", "man", "miltercrypt.8"));
        foreach (var (group, prefix) in new[] { ("keys", "keys "), ("sop", "") })
        {
            string help = (await here.RunAsync(group, "--help")).OrThrow().OutputText;
            string[] commands = [.. help[help.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n')
                .Where(static line => line is [' ', ' ', not ' ', ..]).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0])];
            Assert.InRange(commands.Length, 11, 25);
            Assert.All(commands, command => Assert.Matches($@"(?m)^\.It Cm {prefix}{command}\b|, Cm {command}$", manual));
        }
    }

    [Theory]
    [InlineData("miltercrypt ke", "keyholder\nkeys")]
    [InlineData("miltercrypt keys im", "import")]
    [InlineData("miltercrypt keys li", "lint\nlist")]
    [InlineData("miltercrypt keys ge", "generate")]
    [InlineData("miltercrypt keys renew --ex", "--expires")]
    [InlineData("miltercrypt keys generate a@b.example --profile rs", "rsa3072")]
    [InlineData("miltercrypt keys revoke a@b.example --reason ret", "retired")]
    [InlineData("miltercrypt sop upd", "update-key")]
    [InlineData("miltercrypt sop dea", "dearmor")]
    [InlineData("miltercrypt sop decrypt --with-s", "--with-session-key")]
    [InlineData("miltercrypt serve --li", "--listen")]
    [InlineData("miltercrypt check --post", "--postfix")]
    [InlineData("miltercrypt check --send", "--sendmail")]
    [InlineData("miltercrypt probe unix:/x --tr", "--trace")]
    [InlineData("miltercrypt probe unix:/x --as s", "sendmail")]
    public async Task BashCompletesCommandsAndOptions(string line, string expected)
    {
        using var here = new Installation();
        string script = Path.Combine(Repository.Root, "packaging", "completions", "miltercrypt.bash");
        string[] words = line.Split(' ');
        // What bash does upon TAB.
        string program = $$"""
            source {{script}}; PATH={{Path.GetDirectoryName(MilterCryptProgram.Path)}}:$PATH
            COMP_WORDS=({{line}}) COMP_CWORD={{words.Length - 1}} COMP_LINE='{{line}}' COMP_POINT={{line.Length}}
            _miltercrypt; printf '%s\n' "${COMPREPLY[@]}"
            """;
        Assert.Equal($"{expected}\n", (await Command.RunAsync("bash", ["-c", program], ct: TestContext.Current.CancellationToken)).OrThrow().OutputText);
    }
}
