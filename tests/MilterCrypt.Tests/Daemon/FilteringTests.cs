using System.Globalization;
using System.Text;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.Tests.Commands;

namespace MilterCrypt.Tests.Daemon;

/// <summary>The running daemon at the end of a milter socket: what an MTA gets, and what the log says of it.</summary>
public sealed class FilteringTests(People people)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AMessageIsEncryptedAndHasOneLineInTheLog()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        await using var daemon = await StartAsync(here);
        await using var client = await ConnectAsync(here, "4QUEUEID");
        var result = await client.DeliverAsync(Letter("bob@example.org"), Token);

        string body = Encoding.ASCII.GetString(result.Body.Span);
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        Assert.Contains("multipart/encrypted", Text(result.Header), StringComparison.Ordinal);
        Assert.Contains("secret\r\n", Encoding.ASCII.GetString(await people.Bob.OpenAsync(Encoding.ASCII.GetBytes(body))), StringComparison.Ordinal);

        await daemon.WaitForTextAsync("outcome=encrypted");
        string line = Assert.Single(daemon.Said.Split('\n'), text => text.Contains("outcome=", StringComparison.Ordinal));
        Assert.Matches(
            @"information: 4QUEUEID: from=<alice@example\.org>, to=<bob@example\.org>, recipients=1, rule=rule 1, outcome=encrypted, form=openpgp, format=SEIPDv[12], keys=[0-9A-F]{16}, signed-by=none, bytes=16, bytes-out=\d+, ms=\d+$",
            line);
        Assert.DoesNotContain("subject of the letter", daemon.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARecipientWithoutKeyIsRefusedAndHasOneLineInTheLog()
    {
        using var here = new Installation();
        await using var daemon = await StartAsync(here);
        await using var client = await ConnectAsync(here, queueId: null);
        await client.MailAsync("<alice@example.org>", Token);
        Assert.StartsWith("550 5.7.1 ", (await client.RecipientAsync("<nobody@example.org>", Token)).ToString(), StringComparison.Ordinal);

        await daemon.WaitForTextAsync("outcome=recipient-refused");
        Assert.Matches(
            @"information: \S+\[192\.0\.2\.1\]: from=<alice@example\.org>, to=<nobody@example\.org>, rule=rule 1, outcome=recipient-refused, reply=550 5\.7\.1, reason=.+",
            daemon.Said);
    }

    [Fact]
    public async Task ACopyThatWasHandedOverBeforeTheRefusalHasItsLineInTheLog()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        await using var sink = SmtpSink.Start();
        int ends = 0;
        sink.Answer = line => ValueTask.FromResult(line == "." && ++ends == 2 ? "451 4.3.0 no room" : null);
        here.Configure($"reinject: smtp://127.0.0.1:{sink.Port}\nrules: [{{encrypt: when-possible}}]");
        await using var daemon = await StartAsync(here);
        await using var client = await ConnectAsync(here, "4HALF");
        var result = await client.DeliverAsync(Letter("bob@example.org") with { Recipients = ["<bob@example.org>", "<nobody@example.org>"] }, Token);
        Assert.Equal(ClientOutcome.Deferred, result.Outcome);

        await daemon.WaitForTextAsync("outcome=refused");
        var lines = daemon.Said.Split('\n').Where(line => line.Contains("4HALF: ", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, lines.Count);
        Assert.Contains($"to=<{Assert.Single(Assert.Single(sink.Messages).Recipients)}>, recipients=1, outcome=handed-over", lines[0], StringComparison.Ordinal);
        Assert.Contains("outcome=refused, reply=451 4.3.0", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task AKeyThatComesWhileItRunsIsUsed()
    {
        using var here = new Installation();
        await using var daemon = await StartAsync(here);
        await using var client = await ConnectAsync(here, "4A");
        await client.MailAsync("<alice@example.org>", Token);
        Assert.False((await client.RecipientAsync("<bob@example.org>", Token)).GoesOn);

        await here.ImportAsync(people.Bob);
        await daemon.WaitForTextAsync("1 in all");
        Assert.True((await client.RecipientAsync("<bob@example.org>", Token)).GoesOn);
    }

    [Fact]
    public async Task AMessageKeepsTheConfigurationThatItBeganWith()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        await using var daemon = await StartAsync(here);
        await using var old = await ConnectAsync(here, "4OLD");
        await old.MailAsync("<alice@example.org>", Token);
        here.Configure("rules: [{encrypt: never}]");
        await daemon.SignalAsync("HUP");
        await daemon.WaitForTextAsync("new configuration in force");

        Assert.False((await old.RecipientAsync("<nobody@example.org>", Token)).GoesOn);
        await old.AbortAsync(Token);
        await old.MailAsync("<alice@example.org>", Token);
        Assert.True((await old.RecipientAsync("<nobody@example.org>", Token)).GoesOn);
    }

    [Fact]
    public async Task WhatPolicyLeavesAloneIsNotChanged()
    {
        using var here = new Installation("rules: [{encrypt: never}]");
        await using var daemon = await StartAsync(here);
        await using var client = await ConnectAsync(here, "4A");
        var letter = Letter("bob@example.org");
        var result = await client.DeliverAsync(letter, Token);
        Assert.Equal(letter.Body.ToArray(), result.Body.ToArray());
        await daemon.WaitForTextAsync("outcome=unchanged");
    }

    [Fact]
    public async Task AnAddressCannotForgeALineOfTheLog()
    {
        using var here = new Installation();
        await using var daemon = await StartAsync(here);
        await using var client = await ConnectAsync(here, "4A");
        await client.MailAsync("<alice\n2026 error: forged@example.org>", Token);
        await client.RecipientAsync("<bob\u202e@example.org>", Token);
        await daemon.WaitForTextAsync("outcome=recipient-refused");
        Assert.DoesNotContain(daemon.Said.Split('\n'), line => line.StartsWith("2026 error", StringComparison.Ordinal));
        await daemon.WaitForTextAsync("\\u000a");
        Assert.DoesNotContain('\u202e', daemon.Said);
    }

    [Fact]
    public async Task ASpoolThatFailsIsATemporaryFailure()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        string spool = here.PathOf("spool");
        Directory.CreateDirectory(spool);
        File.WriteAllText(here.ConfigurationFile, $"store: sqlite:{here.Store}\nspool: {{directory: {spool}}}\n{Installation.EncryptOrReject}\n");
        await using var daemon = await StartAsync(here);
        Directory.Delete(spool);
        await using var client = await ConnectAsync(here, "4A");
        var big = Letter("bob@example.org") with { Body = new byte[3_000_000] };
        var result = await client.DeliverAsync(big, Token);
        Assert.StartsWith("45", result.Final.ToString(), StringComparison.Ordinal);
        await daemon.WaitForTextAsync("error: 4A: ");
    }

    [Theory]
    [InlineData("<bob>", "bob@example.org")]
    [InlineData("<bob%example.org@here.example>", "bob@example.org")]
    [InlineData("<\"bob@example.org\"@here.example>", "bob@example.org")]
    [InlineData("<bob@example.org>", "bob")]
    public async Task RulesAndKeysAreThoseOfTheAddressThatTheMtaWillUse(string given, string resolved)
    {
        using var here = new Installation("rules: [{match: {sender: alice@example.org, recipient: bob@example.org}, encrypt: always}]");
        await here.ImportAsync(people.Bob);
        await using var daemon = await StartAsync(here);
        await using var client = await ConnectAsync(here, "4A");
        client.MacroValues["{mail_addr}"] = "alice@example.org";
        client.MacroValues["{rcpt_addr}"] = resolved;
        var result = await client.DeliverAsync(Letter("bob@example.org") with { Sender = "<alice>", Recipients = [given] }, Token);
        Assert.DoesNotContain("secret", Encoding.ASCII.GetString(result.Body.Span), StringComparison.Ordinal);
        await daemon.WaitForTextAsync("from=<alice@example.org>, to=<bob@example.org>, recipients=1, rule=rule 1, outcome=encrypted");
    }

    [Fact]
    public async Task ARecipientThatIsRewrittenToOneWithoutKeyIsRefused()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        await using var daemon = await StartAsync(here);
        await using var client = await ConnectAsync(here, "4A");
        await client.MailAsync("<alice@example.org>", Token);
        client.MacroValues["{rcpt_addr}"] = "bob@partner.example";
        Assert.StartsWith(
            "550 5.7.1 mail to bob@partner.example",
            (await client.RecipientAsync("<bob@example.org>", Token)).ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMessageThatIsNotAnsweredHasOneLineInTheLog()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        await using var daemon = await StartAsync(here);
        await using var client = await ConnectAsync(here, "4FIRST");
        await client.MailAsync("<alice@example.org>", Token);
        await client.AbortAsync(Token);
        await client.MailAsync("<alice@example.org>", Token);
        await client.RecipientAsync("<bob@example.org>", Token);
        await client.EndOfHeaderAsync(Token);
        client.MacroValues["i"] = "4SECOND";
        await client.DeliverAsync(Letter("bob@example.org"), Token);
        await daemon.WaitForTextAsync("outcome=encrypted");
        var lines = daemon.Said.Split('\n').Where(text => text.Contains("outcome=", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, lines.Count);
        Assert.Matches(@"information: 4FIRST: .* to=<bob@example\.org>, recipients=1, rule=rule 1, outcome=aborted, ms=\d+$", lines[0]);
        Assert.Contains("4SECOND: ", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARefusalOfTheProtocolsSideHasItsLineInTheLog()
    {
        using var here = new Installation(Installation.EncryptOrReject + "\nlimits: {header: 4KiB}");
        await here.ImportAsync(people.Bob);
        await using var daemon = await StartAsync(here);
        await using var client = await ConnectAsync(here, "4A");
        var large = Letter("bob@example.org") with { Header = [new HeaderField("X", Encoding.ASCII.GetBytes(new string('x', 5000)))] };
        await client.DeliverAsync(large, Token);
        await daemon.WaitForTextAsync("outcome=refused, reply=552 5.3.4, reason=The header of this message is too large");
    }

    private static ClientMessage Letter(string recipient) => new(
        "<alice@example.org>",
        [$"<{recipient}>"],
        [
            new HeaderField("From", Encoding.ASCII.GetBytes(" alice@example.org")),
            new HeaderField("Subject", Encoding.ASCII.GetBytes(" subject of the letter")),
        ],
        Encoding.ASCII.GetBytes("this is secret\r\n"));

    private static string Text(IEnumerable<HeaderField> header) =>
        string.Join('\n', header.Select(field => string.Create(CultureInfo.InvariantCulture, $"{field.Name}:{Encoding.ASCII.GetString(field.Value.Span)}")));

    private static Task<ChildProcess> StartAsync(Installation here) => ServingProgram.StartAsync(here, ServingProgram.ListenOnSocket(here));

    private static Task<MilterClient> ConnectAsync(Installation here, string? queueId) =>
        ServingProgram.GreetAsync(new MilterEndpoint.Unix(ServingProgram.SocketOf(here)), MtaHabits.Sendmail, queueId);
}
