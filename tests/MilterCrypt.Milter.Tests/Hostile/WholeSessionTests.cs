using System.IO.Pipelines;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Session;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests.Hostile;

/// <summary>A session as it is, in the smallest pieces, cut anywhere, and beside one that is broken.</summary>
public sealed class WholeSessionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ASessionCutAtAnyByteEndsCleanly(bool hasLongBody)
    {
        IReadOnlyList<WireFrame> frames = hasLongBody ? WireFrames.SessionWithLongBody : WireFrames.Session;
        byte[] session = frames.Bytes();
        int body = frames.TakeWhile(frame => frame.Command != 'B').Bytes().Length;
        int endOfBody = frames.TakeWhile(frame => frame.Command != 'E').Bytes().Length;
        int endOfMessage = frames.TakeWhile(frame => frame.Command != 'A').Bytes().Length;
        // Within the body one byte is like another.
        for (int length = 0; length < session.Length; length += hasLongBody && length > body && length < endOfBody - 5000 ? 5000 : 1)
        {
            var filter = new ScriptedFilter();
            HostileRun run = await HostileRun.OfAsync(session.AsMemory(0, length), filter);
            Assert.True(run.IsClean, $"{length}: {run.Failure}");
            Assert.All(filter.Seen, seen => Assert.Equal(1, seen.Disposals));
            Assert.Equal(length >= endOfMessage ? 1 : 0, filter.Seen.Count(seen => seen.BodyEnded));
        }
    }

    [Fact]
    public async Task AFrameThatArrivesByteByByteIsUnderstood()
    {
        var filter = new ScriptedFilter();
        var input = new Pipe();
        await using MilterSession session = Sessions.Over(input.Reader, PipeWriter.Create(Stream.Null), filter, new ManualClock());
        Task run = session.RunAsync(CancellationToken.None, CancellationToken.None);
        foreach (byte b in WireFrames.Session.Bytes())
        {
            await input.Writer.WriteAsync(new[] { b }, Ct);
            if (b % 16 == 0)
                await Task.Yield();
        }

        await input.Writer.CompleteAsync();
        await run.WaitAsync(Patience.Ample, Ct);
        Assert.Equal("body\r\nlast\r\n", filter.Seen.First().BodyText);
        Assert.True(filter.Seen.First().BodyEnded);
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
}
