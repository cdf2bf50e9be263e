using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Session;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.Milter.Wire;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests;

/// <summary>Whatever bytes come, a session ends or goes on, and a half message never looks whole.</summary>
public sealed class HostilePeerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ASessionCutAtAnyByteEndsCleanly()
    {
        byte[] session = WholeSession();
        for (int length = 0; length < session.Length; length++)
        {
            var filter = new ScriptedFilter();
            Exception? failure = await RunAsync(filter, session.AsMemory(0, length));
            Assert.True(failure is null or MilterProtocolException or MessageAbortedException, $"{length}: {failure}");
            Assert.All(filter.Seen, s => Assert.Equal(1, s.Disposals));
            if (length < session.Length - 5 - 5)
                Assert.All(filter.Seen, s => Assert.False(s.BodyEnded));
        }
    }

    [Fact]
    public async Task MutatedSessionsNeverEscapeTheProtocolsOwnException()
    {
        byte[] session = WholeSession();
        var random = new Random(42);
        for (int round = 0; round < 2000; round++)
        {
            byte[] mutated = (byte[])session.Clone();
            for (int i = random.Next(1, 6); i > 0; i--)
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            var filter = new ScriptedFilter();
            Exception? failure = await RunAsync(filter, mutated);
            Assert.True(failure is null or MilterProtocolException or MessageAbortedException, $"{round}: {failure}");
            Assert.All(filter.Seen, s => Assert.Equal(1, s.Disposals));
        }
    }

    [Fact]
    public async Task RandomFramesInRandomOrderNeverEscapeTheProtocolsOwnException()
    {
        var random = new Random(43);
        byte[] commands = "ODCHMRTULNBEAQKDMRLNBEA"u8.ToArray();
        for (int round = 0; round < 2000; round++)
        {
            var output = new ArrayBufferWriter<byte>();
            MtaHabits.Postfix.Offer.Write(output, new Dictionary<MacroStage, string>());
            for (int i = random.Next(20); i > 0; i--)
            {
                byte[] payload = new byte[random.Next(12)];
                random.NextBytes(payload);
                if (payload.Length > 0 && random.Next(4) > 0)
                    payload[^1] = 0;
                FrameWriter.WriteBytes(output, commands[random.Next(commands.Length)], payload);
            }

            Exception? failure = await RunAsync(new ScriptedFilter(), output.WrittenMemory);
            Assert.True(failure is null or MilterProtocolException or MessageAbortedException, $"{round}: {failure}");
        }
    }

    [Theory]
    [InlineData("00000000", "length 0")]
    [InlineData("00010002", "length 65538")]
    [InlineData("7FFFFFFF", "length 2147483647")]
    [InlineData("FFFFFFFF", "length 4294967295")]
    public async Task ALengthThatNoHonestPeerSendsIsRefusedBeforeItIsBuffered(string length, string reason)
    {
        Exception? failure = await RunAsync(new ScriptedFilter(), Convert.FromHexString(length));
        Assert.Contains(reason, Assert.IsType<MilterProtocolException>(failure).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("C", "host")]
    [InlineData("C", "host\0")]
    [InlineData("C", "host\0" + "4")]
    [InlineData("C", "host\0" + "4\u0001\u0001" + "1.2.3.4")]
    [InlineData("C", "host\0" + "X")]
    [InlineData("H", "name")]
    [InlineData("M", "")]
    [InlineData("M", "<a@b>")]
    [InlineData("M", "<a@b>\0SIZE=1")]
    [InlineData("D", "")]
    [InlineData("D", "Ci\0" + "value")]
    [InlineData("D", "Ci\0")]
    [InlineData("R", "<a@b>\0")]
    [InlineData("L", "A\0b\0")]
    [InlineData("N", "")]
    [InlineData("B", "x")]
    [InlineData("E", "")]
    [InlineData("O", "\0\0\0\u0006\0\0\0\0\0\0\0\0")]
    [InlineData("Z", "")]
    public async Task MissingNulsAndCommandsOutOfOrderCloseTheConnection(string command, string payload)
    {
        var output = new ArrayBufferWriter<byte>();
        MtaHabits.Postfix.Offer.Write(output, new Dictionary<MacroStage, string>());
        FrameWriter.WriteBytes(output, (byte)command[0], Encoding.Latin1.GetBytes(payload));
        Assert.IsType<MilterProtocolException>(await RunAsync(new ScriptedFilter(), output.WrittenMemory));
    }

    [Fact]
    public async Task NothingIsAnsweredBeforeNegotiation()
    {
        var output = new ArrayBufferWriter<byte>();
        FrameWriter.WriteStrings(output, MilterCommand.Helo, "x");
        Assert.IsType<MilterProtocolException>(await RunAsync(new ScriptedFilter(), output.WrittenMemory));
    }

    [Fact]
    public async Task ABreachIsLoggedAndTheConnectionClosedWhileOthersGoOn()
    {
        await using TestServer server = await TestServer.StartAsync(new ScriptedFilter());
        await using MilterClient good = await server.GreetAsync();
        await using MilterClient bad = await server.GreetAsync();
        await bad.SendRawAsync("\xff\xff\xff\xff"u8.ToArray(), Ct);
        await Assert.ThrowsAnyAsync<IOException>(() => bad.ReadAsync(Ct).WaitAsync(Patience.Ample, Ct));
        Assert.Equal("continue", (await good.DeliverAsync(Some.Message, Ct)).Final.ToString());
        Assert.Contains(server.Log.Entries, e => e.Text.Contains("breaks the milter protocol", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AFrameThatArrivesByteByByteIsUnderstood()
    {
        var filter = new ScriptedFilter();
        byte[] session = WholeSession();
        var input = new Pipe();
        var output = new Pipe();
        await using MilterSession running = Session(filter, input, output);
        Task run = running.RunAsync(CancellationToken.None, CancellationToken.None);
        foreach (byte b in session)
        {
            await input.Writer.WriteAsync(new[] { b }, Ct);
            if (b % 16 == 0)
                await Task.Yield();
        }

        await input.Writer.CompleteAsync();
        await run.WaitAsync(Patience.Ample, Ct);
        Assert.True(filter.Last.BodyEnded);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TwoHundredSessionsAtATimeEachGetTheirOwnMessageBack(bool tcp)
    {
        var filter = new ScriptedFilter
        {
            OnMessage = (mail, body) => new MailVerdict.Changed(new MessageChanges(
                [new HeaderEdit.Add("X-Sender", Encoding.UTF8.GetBytes(" " + mail.Sender))], new MemoryStream(body.ToArray().Reverse().ToArray()))),
        };
        await using TestServer server = await TestServer.StartAsync(filter, tcp);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            await using MilterClient client = await server.GreetAsync();
            for (int n = 0; n < 2; n++)
            {
                byte[] body = Some.Bytes(5000 + (i * 300), i);
                ClientResult result = await client.DeliverAsync(Some.WithBody(body) with { Sender = $"<u{i}@a>" }, Ct);
                Assert.Equal(body.Reverse(), result.Body.ToArray());
                Assert.Equal($" u{i}@a", Encoding.UTF8.GetString(result.Header[^1].Value.Span));
            }
        })).WaitAsync(Patience.Ample, Ct);
    }

    private static byte[] WholeSession()
    {
        var output = new ArrayBufferWriter<byte>();
        MtaHabits.Postfix.Offer.Write(output, new Dictionary<MacroStage, string>());
        void Send(char command, string payload) => FrameWriter.WriteBytes(output, (byte)command, Encoding.Latin1.GetBytes(payload));
        Send('D', "Cj\0mx\0v\0Postfix 3.7.11\0");
        Send('C', "host\0" + "4\u0001\u00011.2.3.4\0");
        Send('H', "helo\0");
        Send('D', "M{mail_addr}\0a@b\0");
        Send('M', "<a@b>\0SIZE=5\0");
        Send('R', "<c@d>\0");
        Send('D', "Ti\0Q1\0");
        Send('T', "");
        Send('D', "Li\0Q1\0");
        Send('L', "Subject\0 hello\0");
        Send('N', "");
        Send('B', "body\r\n");
        Send('E', "");
        Send('A', "");
        return output.WrittenSpan.ToArray();
    }

    private static MilterSession Session(ScriptedFilter filter, Pipe input, Pipe output) =>
        Sessions.Over(input.Reader, output.Writer, filter, new ManualClock());

    private static async Task<Exception?> RunAsync(ScriptedFilter filter, ReadOnlyMemory<byte> sent)
    {
        var input = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var output = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await input.Writer.WriteAsync(sent, Ct);
        await input.Writer.CompleteAsync();
        await using MilterSession session = Session(filter, input, output);
        return await Record.ExceptionAsync(() => session.RunAsync(CancellationToken.None, CancellationToken.None).WaitAsync(Patience.Ample, Ct));
    }
}
