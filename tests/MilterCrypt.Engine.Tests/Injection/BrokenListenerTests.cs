using MilterCrypt.Engine.Injection;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Engine.Tests.Injection;

public sealed class BrokenListenerTests
{
    private static readonly string[] AllSteps = ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "."];

    public static TheoryData<string, bool> Steps
    {
        get
        {
            var steps = new TheoryData<string, bool>();
            foreach (string step in AllSteps)
            {
                steps.Add(step, true);
                steps.Add(step, false);
            }

            return steps;
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NobodyThereIsSafeToTryAgain()
    {
        using var lease = await Bringing.Injector(LoopbackPort.Free()).ReserveAsync(1, Cancellation);
        await using var transaction = lease!.Begin();
        var result = await transaction.BringAsync(Bringing.Envelope, Bringing.Header, Bringing.Body("Hello"), Cancellation);
        Assert.Contains("refused", Assert.IsType<InjectionResult.Unreachable>(result).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task OnlyAfterTheEndIsAHangUpADoubt(string step, bool pipelined)
    {
        await using var listener = At(step, Saying.HangUp, pipelined);
        AssertLost(step, await listener.SendAsync());
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task OnlyAfterTheEndIsSilenceADoubt(string step, bool pipelined)
    {
        var moment = TimeSpan.FromMilliseconds(200);
        await using var listener = At(step, Saying.Silence, pipelined);
        var limits = new InjectionLimits { Greeting = moment, Command = moment, Data = moment, End = moment };
        AssertLost(step, await listener.SendAsync(limits: limits));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task AReplyThatIsCutAnywhereIsNone(string step, bool pipelined)
    {
        string reply = step switch { "greeting" => "220 mx", "DATA" => "354 go on", _ => "250-x\r\n250 2.0.0 ok" } + "\r\n";
        for (int length = 0; length < reply.Length; length++)
        {
            await using var listener = At(step, new Saying(reply[..length]) { Closes = true }, pipelined);
            AssertLost(step, await listener.SendAsync());
        }
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task WhatIsNoSmtpIsNoReply(string step, bool pipelined)
    {
        string endlessLine = new('x', 3000);
        string manyLines = string.Concat(Enumerable.Repeat("250-more\r\n", 101));
        foreach (string nonsense in (string[])["", "hello", "25", "2500 ok", "25O ok", "25\0 ok", "199 ok", "650 ok", "250-a\r\n251 b", "250_ok", "250 " + endlessLine, endlessLine, manyLines + "250 ok"])
        {
            await using var listener = At(step, Saying.Line(nonsense), pipelined);
            AssertLost(step, await listener.SendAsync());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RepliesMayComeAnOctetAtATime(bool pipelined)
    {
        await using var listener = new ScriptedListener { Trickles = true, Extensions = pipelined ? ["PIPELINING", "DSN"] : ["DSN"] };
        Assert.IsType<InjectionResult.Accepted>(await listener.SendAsync());
    }

    [Theory]
    [InlineData("greeting", "220 mx\r\n250 mx\r\n250 ok\r\n250 ok\r\n354 go on\r\n250 ok\r\n")]
    [InlineData("EHLO", "250 mx\r\n250 ok\r\n250 ok\r\n354 go on\r\n250 ok\r\n")]
    [InlineData("DATA", "354 go on\r\n250 2.0.0 Ok: queued as 4XyZ\r\n")]
    public async Task WhoAnswersBeforeBeingAskedIsNotBelieved(string step, string replies)
    {
        foreach (bool pipelined in (bool[])[true, false])
        {
            await using var listener = At(step, new Saying(replies) { IsTheLast = true }, pipelined);
            var unreachable = Assert.IsType<InjectionResult.Unreachable>(await listener.SendAsync());
            await listener.EndedAsync();
            Assert.Contains("before it was asked", unreachable.Reason, StringComparison.Ordinal);
            Assert.DoesNotContain("\r\n.\r\n", listener.Heard, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AListenerThatTakesNoMoreIsGivenUp()
    {
        await using var listener = At("DATA", new Saying("354 go on\r\n") { IsDeaf = true }, pipelined: true);
        await using var transaction = await listener.BeginAsync(new InjectionLimits { Block = TimeSpan.FromMilliseconds(200) });
        await using var endless = new MemoryStream(new byte[64 << 20]);
        var result = await transaction.BringAsync(Bringing.Envelope, Bringing.Header, endless, Cancellation);
        Assert.Contains("too long", Assert.IsType<InjectionResult.Unreachable>(result).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFarewellWhileItTakesNoMoreIsHeard()
    {
        await using var listener = At("DATA", new Saying("354 go on\r\n421 4.3.2 going down\r\n") { IsDeaf = true }, pipelined: false);
        await using var transaction = await listener.BeginAsync();
        await using var endless = new MemoryStream(new byte[64 << 20]);
        var result = await transaction.BringAsync(Bringing.Envelope, Bringing.Header, endless, Cancellation);
        Assert.Equal(new InjectionResult.Refused(421, "4.3.2", "going down", null), result);
    }

    [Theory]
    [InlineData("421 4.4.2 timeout", true)]
    [InlineData("250 2.0.0 Ok: queued as 4XyZ", false)]
    [InlineData(null, false)]
    public async Task AListenerThatLeftBeforeTheEndHasNotTakenTheMessage(string? lastWords, bool isRefusal)
    {
        var leave = new TaskCompletionSource();
        var leaving = (lastWords is null ? Saying.HangUp : Saying.Last(lastWords)) with { After = leave.Task, Before = "354 go on\r\n" };
        await using var listener = At("DATA", leaving, pipelined: true);
        await using var transaction = await listener.BeginAsync();
        Assert.False(transaction.AwaitsItsEnd);
        Assert.Null(await transaction.BringAsync(Bringing.Envelope, Bringing.Header, Bringing.Body("Hello"), Cancellation));
        Assert.True(transaction.AwaitsItsEnd);
        leave.SetResult();
        await listener.EndedAsync();
        await Patience.UntilAsync(() => !transaction.AwaitsItsEnd, () => "the end of the connection is not seen");

        var result = await transaction.FinishAsync(Cancellation);
        if (isRefusal)
            Assert.Equal(new InjectionResult.Refused(421, "4.4.2", "timeout", null), result);
        else
            Assert.IsType<InjectionResult.Unreachable>(result);
    }

    [Theory]
    [InlineData("250 2.0.0 Ok: queued as 4XyZ", "4XyZ")]
    [InlineData("250 2.0.0 57QAbcde012345 Message accepted for delivery", "57QAbcde012345")]
    [InlineData("250 2.0.0 Ok: queued as ", null)]
    [InlineData("250 2.0.0 Ok: queued as <script>", null)]
    [InlineData("250 2.0.0 two words Message accepted for delivery", null)]
    [InlineData("250 ok", null)]
    [InlineData("250", null)]
    public async Task TheQueueIdIsTakenFromWhatPostfixAndSendmailSay(string reply, string? id)
    {
        await using var listener = At(".", Saying.Line(reply), pipelined: true);
        Assert.Equal(id, Assert.IsType<InjectionResult.Accepted>(await listener.SendAsync()).QueueId);
    }

    private static ScriptedListener At(string step, Saying saying, bool pipelined) => new()
    {
        Extensions = pipelined ? ["PIPELINING"] : [],
        Script = line => line.StartsWith(step, StringComparison.Ordinal) ? saying : null,
    };

    private static void AssertLost(string step, InjectionResult result)
    {
        if (step == ".")
            Assert.IsType<InjectionResult.Unknown>(result);
        else
            Assert.IsType<InjectionResult.Unreachable>(result);
    }
}
