using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Journal.Sqlite;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;
using MilterCrypt.Tests.Daemon;

namespace MilterCrypt.Tests.Commands;

/// <summary>`miltercrypt trace`: what became of a message, joined of log and journal.</summary>
public sealed class TraceCommandTests
{
    private const string Log = """
        2026-11-23T10:00:00.000Z information: 4A: from=<alice@x.example>, to=<nobody@y.example>, rule=secure, outcome=recipient-refused, reply=550 5.7.1, reason=no key
        2026-11-23T10:00:01.000Z information: 4A: from=<alice@x.example>, to=<bob@y.example>, recipients=1, outcome=handed-over, form=openpgp, as=5B, format=SEIPDv2, keys=0123456789ABCDEF, signed-by=none (the client did not log in), perhaps-twice=1
        2026-11-23T10:00:01.500Z information: 4A: from=<alice@x.example>, to=<carol@z.example>, recipients=1, outcome=handed-over, form=clear, as=5C, format=none, keys=none, signed-by=none, perhaps-twice=0
        2026-11-23T10:00:02.000Z information: 4A: from=<alice@x.example>, to=<bob@y.example> <carol@z.example>, recipients=2, rule=secure, outcome=split, parts=2, ms=3
        2026-11-23T10:00:03.000Z information: 4Z: from=<mallory@x.example>, to=<bob@y.example>, recipients=1, rule=secure, outcome=unchanged, reason=4A, ms=3
        """;

    [Theory]
    [InlineData("4A")]
    [InlineData("5B")]
    public async Task AMessageAndEachFormOfItTellTheSame(string queueId)
    {
        using var here = new Installation();
        string log = here.Write("log", Encoding.UTF8.GetBytes(Log));
        string text = (await here.RunAsync("trace", queueId, "--log", log)).OrThrow().OutputText;
        Assert.Contains("4A, from <alice@x.example>\n", text, StringComparison.Ordinal);
        Assert.Contains("  <nobody@y.example>\n    2026-11-23T10:00:00Z refused with 550 5.7.1 (rule secure): no key\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "  <bob@y.example>\n    2026-11-23T10:00:01Z handed over as 5B, form openpgp (SEIPDv2), keys 0123456789ABCDEF, signed by none (the client did not log in); 1 may have got it twice\n"
            + "    2026-11-23T10:00:02Z the message was split into 2 (rule secure)\n",
            text, StringComparison.Ordinal);
        Assert.Contains("handed over as 5C, form clear\n", text, StringComparison.Ordinal);
        Assert.Equal(queueId == "5B", text.StartsWith("5B is a form of 4A\n", StringComparison.Ordinal));
        Assert.DoesNotContain("mallory", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FromStandardInputTooButThenItIsSaidWhatIsMissing()
    {
        using var here = new Installation();
        var whole = await here.RunAsync(["trace", "4A", "--log", "-"], Encoding.UTF8.GetBytes(Log));
        Assert.Contains("nobody@y.example", whole.OrThrow().OutputText, StringComparison.Ordinal);
        var part = await here.RunAsync(["trace", "5B", "--log", "-"], Encoding.UTF8.GetBytes(Log));
        Assert.Contains("`trace 4A` shows all", part.Error, StringComparison.Ordinal);
        Assert.Contains("handed over as 5B", part.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheJournalTellsOfWhatTheLogDoesNot()
    {
        using var here = new Installation();
        string path = here.PathOf("journal.db");
        await WriteJournalAsync(path);
        string log = here.Write("log", []);
        string text = (await here.RunAsync("trace", "5B", "--log", log, "--journal", path)).OrThrow().OutputText;
        Assert.StartsWith("5B is a form of 4A\n", text, StringComparison.Ordinal);
        Assert.Matches(@"4A: openpgp, 1 recipient, begun \S+ , handed over \S+ as 5B; the client was not answered for good", text);
    }

    [Fact]
    public async Task JournaldIsAskedWhereNoLogIsNamed()
    {
        using var here = new Installation();
        string folder = here.PathOf("bin");
        Directory.CreateDirectory(folder);
        string stub = Path.Combine(folder, "journalctl");
        File.WriteAllText(stub, "#!/bin/sh\necho \"$@\" >&2\necho '2026-11-23T10:00:00+0000 host miltercrypt[1]: 4A: from=<a@x.example>, to=<b@y.example>, recipients=1, rule=r, outcome=aborted, ms=1'\n");
        File.SetUnixFileMode(stub, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var result = await Command.RunAsync(
            "env", [$"PATH={folder}:{Environment.GetEnvironmentVariable("PATH")}", MilterCryptProgram.Path, "trace", "4A", "--config", here.ConfigurationFile],
            default, TestContext.Current.CancellationToken);
        Assert.Contains("<b@y.example>\n    2026-11-23T10:00:00Z the mail server gave up (rule r)", result.OrThrow().OutputText, StringComparison.Ordinal);
        Assert.Contains("--unit=miltercrypt", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OfWhatIsNotKnownNothingIsSaid()
    {
        using var here = new Installation();
        var result = await here.RunAsync("trace", "4Y", "--log", here.Write("log", Encoding.UTF8.GetBytes(Log)));
        Assert.Equal((1, ""), (result.ExitCode, result.OutputText));
        Assert.Equal(66, (await here.RunAsync("trace", "4A", "--log", here.PathOf("missing"))).ExitCode);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task WhatTheDaemonWritesOfHostileAddressesForgesNoFact(string format)
    {
        const string hostile = "\"x>, to=<y@z>, rule=r, outcome=unchanged, reason=forged, ms=1\"@evil.example";
        using var here = new Installation($"log: {{format: {format}}}\n{Installation.EncryptOrReject}");
        await using var daemon = await ServingProgram.StartAsync(here, ServingProgram.ListenOnSocket(here));
        await using (var client = await ServingProgram.GreetAsync(new MilterEndpoint.Unix(ServingProgram.SocketOf(here)), MtaHabits.Sendmail, "4A"))
        {
            await client.MailAsync($"<{hostile}>", TestContext.Current.CancellationToken);
            await client.RecipientAsync($"<{hostile}>", TestContext.Current.CancellationToken);
        }
        await daemon.WaitForTextAsync("outcome=recipient-refused");

        string log = here.Write("log", Encoding.UTF8.GetBytes(daemon.Said));
        string text = (await here.RunAsync("trace", "4A", "--log", log)).OrThrow().OutputText;
        Assert.Contains($"4A, from <{hostile}>\n  <{hostile}>\n", text, StringComparison.Ordinal);
        Assert.Contains("refused with 550 5.7.1 (rule rule 1): no key", text, StringComparison.Ordinal);
        Assert.DoesNotContain("left as it came", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AHundredMegabytesOfLogPassThroughLittleMemory()
    {
        using var here = new Installation();
        string noise = "2026-11-23T10:00:00.000Z information: 9X: from=<alice@x.example>, to=<bob@y.example>, recipients=1, rule=secure, outcome=unchanged, reason=rule, ms=3\n";
        string longest = new string('x', 300_000) + " from=<\n";
        var log = new StringBuilder();
        for (int i = 0; log.Length < 100 << 20; i++)
            log.Append(i % 10_000 == 0 ? longest : noise);
        byte[] all = Encoding.ASCII.GetBytes(log.Append(Log).ToString());
        var result = await here.RunInLittleMemoryAsync(["trace", "4A", "--log", "-"], all);
        Assert.Contains("handed over as 5B", result.OrThrow().OutputText, StringComparison.Ordinal);
    }

    private static async Task WriteJournalAsync(string path)
    {
        using var random = RandomNumberGenerator.Create();
        await using var journal = await SqliteJournal.OpenAsync(path, new JournalOptions(), TimeProvider.System, random, TestContext.Current.CancellationToken);
        var client = new HandoverClient(null, "alice");
        using var fingerprint = ContentFingerprint.Begin([], "4A", ContentFingerprint.FieldsOfOtherFilters);
        var content = fingerprint.Finish();
        var key = journal.Keys.KeyOf(client, "alice@x.example", "bob@y.example", content);
        using var handover = journal.TryClaim(new HandedMessage(journal.Keys.HintOf(client, "alice@x.example"), content.IsNamed, "4A", [key]))!;
        var group = new HandoverGroup("openpgp", [key]);
        await handover.BeginAsync([group], TestContext.Current.CancellationToken);
        await handover.HandedOverAsync(group, "5B", TestContext.Current.CancellationToken);
    }
}
