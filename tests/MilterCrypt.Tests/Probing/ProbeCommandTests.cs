using System.Text;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;
using MilterCrypt.Tests.Commands;

namespace MilterCrypt.Tests.Probing;

/// <summary>`miltercrypt probe`: what a filter is shown, and what its user reads.</summary>
public sealed class ProbeCommandTests(People people)
{
    private static readonly byte[] UnixLetter = Encoding.UTF8.GetBytes("Subject: a\n folded one\nX-Odd:\tx  \n\nHällo\n.\nWelt");

    [Fact]
    public async Task WhatPassesIsDeliveredAndEachStepIsShown()
    {
        await using var filter = new ByteFilter((_, _) => null);
        string report = (await Probe.RunAsync(filter)).OrThrow().OutputText;
        string[] steps = ["negotiation", "CONNECT client.example", "HELO client.example", "MAIL <sender@example.org>", "RCPT <recipient@example.net>", "DATA", "7 header fields", "end of header", "body: 1 piece, 62 bytes", "end of message"];
        Assert.All(steps, step => Assert.Matches($@"(?m)^{step} +(answered|continue)  \d+\.\d ms$", report));
        Assert.Contains("verdict: delivered; the SMTP client is told 250\n", report, StringComparison.Ordinal);
        Assert.Contains("\nheader unchanged\n", report, StringComparison.Ordinal);
        Assert.Contains("\nbody unchanged: 62 bytes\n", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EditsAreShownInTheirOrderAndTheMessageIsWrittenToTheByte()
    {
        using var directory = new TestDirectory();
        await using var filter = Probe.AtEnd(
            ByteFilter.Frame('p'), ByteFilter.Frame('p'), Probe.Placed('m', 1, "Subject\0new\n\tfold\0"), ByteFilter.Frame('h', "X-Added\0yes\0"), Probe.Placed('m', 1, "X-Odd\0\0"),
            ByteFilter.Frame('e', "<other@example.org>\0RET=HDRS\0"), ByteFilter.Frame('+', "<more@example.net>\0"), ByteFilter.Frame('-', "<recipient@example.net>\0"),
            ByteFilter.Frame('b', "new \0"), ByteFilter.Frame('b', "body\r\n"), ByteFilter.Frame('a'));
        string file = directory.PathOf("out.eml");
        string report = (await Probe.RunAsync(filter.Socket, UnixLetter, "-", "--output", file)).OrThrow().OutputText;

        string[] edits =
        [
            "progress, 2 times", @"change header (1) Subject: new\u000a\u0009fold", "add header X-Added: yes", "delete header X-Odd (1)", "change sender to <other@example.org> RET=HDRS",
            "add recipient <more@example.net>", "delete recipient <recipient@example.net>", "new body: 2 pieces, 11 bytes",
        ];
        Assert.Contains(string.Concat(edits.Select(edit => $"    {edit}\n")), report, StringComparison.Ordinal);
        string[] changes = ["  - from <sender@example.org>", "  + from <other@example.org> RET=HDRS", "  - to <recipient@example.net>", "  + to <more@example.net>", "  - Subject: a", "  -  folded one", "  + Subject: new", "  +  fold", "  + X-Added: yes", "body replaced: 17 -> 11 bytes"];
        Assert.All(changes, change => Assert.Contains($"\n{change}\n", report, StringComparison.Ordinal));
        Assert.Equal(
            "Received: from client by mta; Mon, 1 Jan 2024 00:00:00 +0000\r\nSubject: new\r\n\tfold\r\nX-Added: yes\r\n\r\nnew \0body\r\n",
            await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData('a', "", 0, "verdict: delivered; the SMTP client is told 250\n")]
    [InlineData('r', "", 77, "verdict: refused for good; the SMTP client is told\n  550 5.7.1 Command rejected\n")]
    [InlineData('t', "", 75, "verdict: refused for now; the SMTP client is told\n  451 4.7.1 Service unavailable - try again later\n")]
    [InlineData('y', "550-5.7.1 one\r\n550 5.7.1 100%% two\0", 77, "told\n  550-5.7.1 one\n  550 5.7.1 100% two\n")]
    [InlineData('y', "421 4.7.0 bye\0", 75, "verdict: refused, and the MTA hangs up; the SMTP client is told\n  421 4.7.0 bye\n")]
    [InlineData('d', "", 1, "verdict: discarded; the SMTP client is told 250, and nobody gets the message\n")]
    public async Task TheExitCodeIsTheVerdict(char reply, string data, int exitCode, string words)
    {
        await using var filter = Probe.AtEnd(ByteFilter.Frame(reply, data));
        var result = await Probe.RunAsync(filter);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(words, result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMessageOnHoldReachesNobodyYet()
    {
        await using var filter = Probe.AtEnd(ByteFilter.Frame('q', "look\0"), ByteFilter.Frame('c'));
        var result = await Probe.RunAsync(filter);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("verdict: on hold (look); the SMTP client is told 250\n", result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARecipientThatIsRefusedAloneIsTold()
    {
        await using var filter = new ByteFilter((code, data) => code == 'R' && data[1] == 'b' ? [ByteFilter.Frame('y', "550 5.1.1 who?\0")] : null);
        string report = (await Probe.RunAsync(filter, "--to", "bob@example.net", "--to", "carol@example.net NOTIFY=NEVER")).OrThrow().OutputText;
        Assert.Contains("  RCPT <bob@example.net> is told 550 5.1.1 who?\n", report, StringComparison.Ordinal);
        Assert.Contains("  - to <bob@example.net>\n    to <carol@example.net> NOTIFY=NEVER\n", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendmailIsShownAsSendmail()
    {
        // A single % makes its reply a permanent one.
        await using var filter = Probe.AtEnd(ByteFilter.Frame('y', "451 4.7.1 5% of it\0"));
        Assert.Equal(75, (await Probe.RunAsync(filter)).ExitCode);
        Assert.Equal(77, (await Probe.RunAsync(filter, "--as", "sendmail")).ExitCode);
    }

    [Fact]
    public async Task TheFilterIsShownLinesInCrLfAndFoldsAsMtasShowThem()
    {
        await using var filter = new ByteFilter((_, _) => null);
        (await Probe.RunAsync(filter.Socket, UnixLetter, "-")).OrThrow();
        Assert.Equal(["Subject|a\n folded one|", "X-Odd|\tx  |"], filter.ToldTo('L'));
        Assert.Equal(["Hällo\r\n.\r\nWelt\r\n"], filter.ToldTo('B'));

        await using var other = new ByteFilter((_, _) => null);
        (await Probe.RunAsync(other.Socket, Encoding.UTF8.GetBytes("A: b\r\n\r\nc\r\nd\n"), "-")).OrThrow();
        Assert.Equal(["c\r\nd\r\n"], other.ToldTo('B'));
    }

    [Fact]
    public async Task TheFilterIsToldWhatWasAskedFor()
    {
        await using var filter = new ByteFilter((_, _) => null);
        string report = (await Probe.RunAsync(
            filter, "--from", "", "--to", "bob@example.net NOTIFY=NEVER", "--client", "[2001:db8::1]:25", "--helo", "me.example", "--user", "alice", "--macro", "{daemon_name}=side", "--macro", "j=mx.example", "--macro", "odd=1")).OrThrow().OutputText;
        Assert.StartsWith("[2001:db8::1]|6", filter.ToldTo('C').Single(), StringComparison.Ordinal);
        Assert.Equal(["me.example|"], filter.ToldTo('H'));
        Assert.Equal(["<>|"], filter.ToldTo('M'));
        Assert.Equal(["<bob@example.net>|NOTIFY=NEVER|"], filter.ToldTo('R'));
        Assert.Contains(filter.ToldTo('D'), macros => macros.Contains("j|mx.example|{daemon_name}|side|", StringComparison.Ordinal));
        Assert.Contains(filter.ToldTo('D'), macros => macros.Contains("{auth_authen}|alice|", StringComparison.Ordinal));
        Assert.Contains("note: the filter asked for {odd} at no stage, so it was not told\n", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LocalSubmissionIsShownAsPostfixShowsIt()
    {
        await using var filter = new ByteFilter((_, _) => null);
        (await Probe.RunAsync(filter.Socket, UnixLetter, "-", "--local")).OrThrow();
        Assert.Equal(["sender@example.org|"], filter.ToldTo('M'));
        Assert.Contains(filter.ToldTo('L'), field => field.StartsWith("Message-Id|", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SeveralMessagesShareAConnectionAndAnOldVersionIsSpoken()
    {
        await using var filter = new ByteFilter((code, data) => code == 'O' ? [ByteFilter.Frame('O', [0, 0, 0, 2, 0, 0, 0, 0xFF, 0, 0, 0, 0])] : null);
        string report = (await Probe.RunAsync(filter, "--count", "3", "--version", "2")).OrThrow().OutputText;
        Assert.Single(filter.ToldTo('C'));
        Assert.Equal(3, filter.ToldTo('E').Count());
        Assert.Empty(filter.ToldTo('T'));
        Assert.Contains("version:       2, 2 was offered", report, StringComparison.Ordinal);
        Assert.Contains("\nmessage 3\nverdict: delivered", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheTraceNamesEachFrame()
    {
        await using var filter = Probe.AtEnd(ByteFilter.Frame('h', "X-A\0\x1b[1m\0"), ByteFilter.Frame('b', "secret"), ByteFilter.Frame('c'));
        string report = (await Probe.RunAsync(filter, "--trace")).OrThrow().OutputText;
        string[] frames = ["> SMFIC_OPTNEG         12 version 6 actions 1ff protocol 1fffff", @"> SMFIC_MAIL           21 <sender@example.org>\0", "> SMFIC_BODY           62", @"< SMFIR_ADDHEADER       9 X-A\0\x1b[1m\0", "< SMFIR_REPLBODY        6", "< SMFIR_CONTINUE        0"];
        Assert.All(frames, frame => Assert.Contains($"\n{frame}\n", report, StringComparison.Ordinal));
        Assert.DoesNotContain("secret", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheMessageGoesToStandardOutputAndTheReportBesideIt()
    {
        await using var filter = Probe.AtEnd(ByteFilter.Frame('h', "X-Added\0yes\0"), ByteFilter.Frame('c'));
        var result = (await Probe.RunAsync(filter.Socket, UnixLetter, "-", "--output", "-")).OrThrow();
        Assert.EndsWith("X-Added: yes\r\n\r\nHällo\r\n.\r\nWelt\r\n", result.OutputText, StringComparison.Ordinal);
        Assert.DoesNotContain("verdict", result.OutputText, StringComparison.Ordinal);
        Assert.Contains("verdict: delivered", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNoMessageOrTooLargeIsRefusedBeforeTheFilterHearsOfIt()
    {
        using var directory = new TestDirectory();
        string huge = directory.PathOf("huge.eml");
        await using (var file = File.Create(huge))
            file.SetLength((100 << 20) + 1);
        await using var filter = new ByteFilter((_, _) => null);
        var tooLarge = await Probe.RunAsync(filter, huge);
        Assert.Equal((65, $"miltercrypt: {huge} is larger than 100 MiB\n"), (tooLarge.ExitCode, tooLarge.Error));
        Assert.Equal((65, "miltercrypt: standard input is not a message: line 1 is no header field\n"), await FailAsync(filter, "no header\n"u8.ToArray(), "-"));
        Assert.Equal(66, (await Probe.RunAsync(filter, directory.PathOf("nothing.eml"))).ExitCode);
        Assert.Empty(filter.Told);
    }

    [Fact]
    public async Task AFilterThatIsNotThereIsUnavailable()
    {
        Assert.Equal((69, "miltercrypt: unix:/nowhere.sock: there is no such socket\n"), await FailAsync(new MilterSocket.Unix("/nowhere.sock")));
        Assert.Equal(69, (await FailAsync(new MilterSocket.Tcp(LoopbackPort.Free()))).ExitCode);
    }

    [Fact]
    public async Task TheDaemonsEncryptedMessageIsShownAndGpgOpensIt()
    {
        var bob = people.Bob;
        if (MilterCryptProgram.Missing() is { } missing)
            Assert.Skip(missing);
        await using var daemon = new MilterCryptDaemon("  - {encrypt: always, without-key: reject}", tcp: false);
        await daemon.ImportKeysAsync(bob.PublicKey, TestContext.Current.CancellationToken);
        await daemon.StartAsync();

        var result = (await Probe.RunAsync(daemon.Socket, UnixLetter, "-", "--to", "bob@example.org", "--output", "-")).OrThrow();
        Assert.Matches(@"\n  \+ Content-Type: multipart/encrypted;", result.Error);
        Assert.Matches(@"\nbody replaced: 17 -> \d+ bytes\n", result.Error);
        Assert.EndsWith("Hällo\r\n.\r\nWelt\r\n", Encoding.UTF8.GetString(await bob.OpenAsync(result.Output)), StringComparison.Ordinal);

        var refused = await Probe.RunAsync(daemon.Socket, UnixLetter, "-", "--to", "nobody@example.org");
        Assert.Equal(77, refused.ExitCode);
        Assert.Contains("verdict: refused for good; the SMTP client is told\n  550 5.7.1 ", refused.OutputText, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Error)> FailAsync(MilterSocket filter) => FailAsync(Probe.RunAsync(filter, default));

    private static Task<(int ExitCode, string Error)> FailAsync(ByteFilter filter, byte[] input, params string[] options) => FailAsync(Probe.RunAsync(filter.Socket, input, options));

    private static async Task<(int ExitCode, string Error)> FailAsync(Task<CommandResult> running)
    {
        var result = await running;
        return (result.ExitCode, result.Error);
    }
}
