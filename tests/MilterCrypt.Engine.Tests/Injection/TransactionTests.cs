using MilterCrypt.Engine.Injection;

namespace MilterCrypt.Engine.Tests.Injection;

public sealed class TransactionTests
{
    private const string Unfinished = "From: alice@sender.example\r\nSubject: one\r\n two\r\n\r\nHello\r\n";

    public static TheoryData<string> Offers => new("", "PIPELINING", "PIPELINING,SIZE 1000000,8BITMIME,SMTPUTF8,DSN");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Offers))]
    public async Task AMessageIsTakenWhole(string offer)
    {
        await using var listener = new ScriptedListener { Extensions = offer.Split(',', StringSplitOptions.RemoveEmptyEntries) };
        var result = await listener.SendAsync(Bringing.To("bob@partner.example", "carol@partner.example"));
        await listener.EndedAsync();

        Assert.Equal(new InjectionResult.Accepted("4XyZ12", "Ok: queued as 4XyZ12"), result);
        Assert.Equal(Unfinished, listener.Message);
        string size = offer.Contains("SIZE", StringComparison.Ordinal) ? $" SIZE={Unfinished.Length}" : "";
        Assert.Equal(
            ["EHLO filter.test.example", $"MAIL FROM:<alice@sender.example>{size}", "RCPT TO:<bob@partner.example>", "RCPT TO:<carol@partner.example>", "DATA", "QUIT"],
            listener.Commands);
        Assert.False(listener.WasReset);
    }

    [Fact]
    public async Task CommandsAreSentInAdvanceOnlyWhereThatIsOffered()
    {
        // A listener that hears DATA before it has answered MAIL was sent both at once.
        foreach (bool offered in (bool[])[true, false])
        {
            await using var listener = new ScriptedListener
            {
                Extensions = offered ? ["PIPELINING"] : [],
                Script = step => step.StartsWith("MAIL", StringComparison.Ordinal) ? Saying.Silence : null,
            };
            var limits = new InjectionLimits { Command = TimeSpan.FromSeconds(1) };
            Assert.IsType<InjectionResult.Unreachable>(await listener.SendAsync(limits: limits));
            await listener.EndedAsync();
            Assert.Equal(offered, listener.Heard.Contains("DATA\r\n", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task NothingEndsAMessageThatWasBroughtAndNotFinished()
    {
        await using var listener = new ScriptedListener();
        await using (var transaction = await listener.BeginAsync())
        {
            // A body that ends in a dot of its own is the nearest to an end.
            Assert.Null(await transaction.BringAsync(Bringing.Envelope, Bringing.Header, Bringing.Body("Hello\r\n.\r\n."), Cancellation));
        }

        await listener.EndedAsync();
        Assert.True(listener.WasReset);
        Assert.Null(listener.Message);
        Assert.DoesNotContain("\r\n.\r\n", listener.Heard, StringComparison.Ordinal);
        Assert.DoesNotContain("QUIT", listener.Heard, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoMessagesAreBroughtBeforeEitherIsEnded()
    {
        await using var first = new ScriptedListener();
        await using var second = new ScriptedListener();
        await using var one = await first.BeginAsync();
        await using var two = await second.BeginAsync();
        Assert.Null(await one.BringAsync(Bringing.Envelope, Bringing.Header, Bringing.Body("One"), Cancellation));
        Assert.Null(await two.BringAsync(Bringing.Envelope, Bringing.Header, Bringing.Body("Two"), Cancellation));
        Assert.Null(first.Message);
        Assert.IsType<InjectionResult.Accepted>(await one.FinishAsync(Cancellation));
        Assert.Null(second.Message);
        Assert.IsType<InjectionResult.Accepted>(await two.FinishAsync(Cancellation));
        Assert.EndsWith("\r\n\r\nTwo\r\n", second.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACancelledBringDeliversNothingAndSaysSo()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var listener = new ScriptedListener
        {
            Script = step =>
            {
                if (step != "DATA")
                    return null;
                patience.Cancel();
                return Saying.Silence;
            },
        };
        await using (var transaction = await listener.BeginAsync())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                async () => await transaction.BringAsync(Bringing.Envelope, Bringing.Header, Bringing.Body("Hello"), patience.Token));
        }

        await listener.EndedAsync();
        Assert.Null(listener.Message);
        Assert.DoesNotContain("QUIT", listener.Heard, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACancelledFinishSaysWhetherTheEndWasSent()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var quick = new ScriptedListener();
        await using (var transaction = await quick.BeginAsync())
        {
            Assert.Null(await transaction.BringAsync(Bringing.Envelope, Bringing.Header, Bringing.Body("Hello"), Cancellation));
            Assert.IsType<InjectionResult.Unreachable>(await transaction.FinishAsync(new CancellationToken(canceled: true)));
        }

        await quick.EndedAsync();
        Assert.Null(quick.Message);

        await using var slow = new ScriptedListener
        {
            Script = step =>
            {
                if (step != ".")
                    return null;
                patience.Cancel();
                return Saying.Silence;
            },
        };
        await using var late = await slow.BeginAsync(new InjectionLimits { LastWord = TimeSpan.FromMilliseconds(100) });
        Assert.Null(await late.BringAsync(Bringing.Envelope, Bringing.Header, Bringing.Body("Hello"), Cancellation));
        Assert.IsType<InjectionResult.Unknown>(await late.FinishAsync(patience.Token));
        Assert.NotNull(slow.Message);
    }

    [Fact]
    public async Task ABodyThatCanNotBeReadAnyMoreIsTakenBack()
    {
        await using var listener = new ScriptedListener();
        await using (var transaction = await listener.BeginAsync())
        {
            await using var failing = new FailingBody();
            await Assert.ThrowsAsync<InvalidDataException>(
                async () => await transaction.BringAsync(Bringing.Envelope, Bringing.Header, failing, Cancellation));
        }

        await listener.EndedAsync();
        Assert.Null(listener.Message);
        Assert.DoesNotContain("QUIT", listener.Heard, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALargeMessageArrivesAsItIs()
    {
        string body = string.Concat(Enumerable.Range(0, 20_000).Select(i => i % 7 == 0 ? $".{i}\r\n" : $"line {i} of many\r\n"));
        await using var listener = new ScriptedListener();
        Assert.IsType<InjectionResult.Accepted>(await listener.SendAsync(body: body));
        string sent = listener.Message![(listener.Message!.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 2)..];
        Assert.Equal("\r\n" + body, sent.Replace("\r\n.", "\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AMessageWithManyRecipientsIsPipelinedWhileTheListenerAnswers()
    {
        string[] recipients = [.. Enumerable.Range(0, 5000).Select(i => $"recipient-{i}-{new string('x', 150)}@partner.example")];
        await using var listener = new ScriptedListener
        {
            // More than both sockets' buffers hold, in both directions.
            Script = step => step.StartsWith("RCPT", StringComparison.Ordinal) ? Saying.Line("250 2.1.5 " + new string('o', 480)) : null,
        };
        Assert.IsType<InjectionResult.Accepted>(await listener.SendAsync(Bringing.To(recipients)));
        Assert.Equal(recipients.Length, listener.Commands.Count(command => command.StartsWith("RCPT", StringComparison.Ordinal)));
    }

    private sealed class FailingBody : MemoryStream
    {
        private bool hasBegun;

        public override long Length => 100_000;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (hasBegun)
                throw new InvalidDataException();
            hasBegun = true;
            buffer.Span[..Math.Min(40_000, buffer.Length)].Fill((byte)'x');
            return ValueTask.FromResult(Math.Min(40_000, buffer.Length));
        }
    }
}
