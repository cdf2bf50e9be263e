using System.IO.Pipelines;
using System.Net.Sockets;
using MilterCrypt.Milter.Session;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests.Hostile;

/// <summary>Peers that are slow on purpose: a byte now and then is no sign of life, a whole frame is.</summary>
public sealed class SlowPeerTests
{
    // The session looks at its clock once a minute at least.
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    private static readonly MilterOptions Options = new();

    private static readonly WireFrame[] Greeted = [WireFrames.Offer, new('C', "host\0U"), new('H', "helo\0")];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, int> Moments => new()
    {
        { "", (int)Options.NegotiationTimeout.TotalSeconds },
        { "idle", (int)Options.ContentTimeout.TotalSeconds },
        { "envelope", (int)Options.ContentTimeout.TotalSeconds },
        { "header", (int)Options.ContentTimeout.TotalSeconds },
        { "body", (int)Options.ContentTimeout.TotalSeconds },
    };

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task AFrameThatComesByteByByteMustBeWholeInTime(string moment, int seconds)
    {
        var limit = TimeSpan.FromSeconds(seconds);
        await using var peer = await SlowPeer.StartAsync(Opening(moment));
        byte[] frame = moment.Length == 0 ? WireFrames.Offer.Bytes : new WireFrame('L', new byte[1000]).Bytes;
        // Each byte comes well within the time that the peer may be silent.
        for (int i = 0; i < 8; i++)
        {
            await peer.SendAsync(frame.AsMemory(i, 1));
            Assert.False(peer.Run.IsCompleted, $"given up at byte {i}: {peer.Run.Exception}");
            peer.Clock.Advance(limit / 8);
        }

        peer.Clock.Advance(Look);
        await Assert.ThrowsAsync<TimeoutException>(() => peer.Run.WaitAsync(Patience.Ample, Ct));
    }

    [Fact]
    public async Task AFrameThatIsWholeJustInTimeIsTakenAndTheNextOneHasItsOwnTime()
    {
        await using var peer = await SlowPeer.StartAsync(Opening("header"));
        for (int field = 0; field < 10; field++)
        {
            byte[] frame = new WireFrame('L', $"X-{field}\0 x\0").Bytes;
            foreach (byte b in frame)
            {
                await peer.SendAsync(new[] { b });
                peer.Clock.Advance((Options.ContentTimeout / frame.Length) - TimeSpan.FromSeconds(1));
            }
        }

        await peer.SendAsync(new WireFrame('Q', "").Bytes, isLast: true);
        await peer.Run.WaitAsync(Patience.Ample, Ct);
    }

    [Fact]
    public async Task AnIdleConnectionMayStaySilentForAsLongAsItsSmtpClientDoes()
    {
        await using var peer = await SlowPeer.StartAsync(Greeted);
        for (int i = 0; i < 3; i++)
        {
            peer.Clock.Advance(Options.IdleTimeout - TimeSpan.FromSeconds(1));
            await peer.SendAsync(new WireFrame('H', "helo\0").Bytes);
            Assert.False(peer.Run.IsCompleted);
        }

        peer.Clock.Advance(Options.IdleTimeout + Look);
        await Assert.ThrowsAsync<TimeoutException>(() => peer.Run.WaitAsync(Patience.Ample, Ct));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task APeerThatReadsNoAnswersIsGivenUpAndItsNeighbourIsNot(bool tcp)
    {
        var filter = new ScriptedFilter();
        var options = new MilterOptions { StallTimeout = TimeSpan.FromSeconds(45) };
        await using TestServer server = await TestServer.StartAsync(filter, tcp, options);
        await using var neighbour = await server.GreetAsync();
        using Socket deaf = await server.ConnectRawAsync();
        await deaf.SendAsync(new[] { WireFrames.TalkativeOffer, new WireFrame('M', "<a@b>\0") }.Bytes(), Ct);
        byte[] many = Enumerable.Repeat(new WireFrame('R', "<c@d>\0"), 5000).Bytes();
        Task sending = Task.Run(
            async () =>
            {
                while (true)
                    await deaf.SendAsync(many, Ct);
            },
            Ct);
        await server.Clock.WhenAwaitedAsync(options.StallTimeout);
        Assert.Equal("continue", (await neighbour.DeliverAsync(Some.Message, Ct)).Final.ToString());
        await server.Clock.PassAsync(options.StallTimeout);
        await Assert.ThrowsAnyAsync<SocketException>(() => sending.WaitAsync(Patience.Ample, Ct));
        Assert.Equal("continue", (await neighbour.DeliverAsync(Some.Message, Ct)).Final.ToString());
        Assert.All(filter.Seen, seen => Assert.True(seen.Ended.Task.Wait(Patience.Ample, Ct)));
    }

    private static WireFrame[] Opening(string moment) => moment switch
    {
        "" => [],
        "idle" => Greeted,
        "envelope" => [.. Greeted, new('M', "<a@b>\0")],
        "header" => [.. Greeted, new('M', "<a@b>\0"), new('L', "X\0 y\0")],
        _ => [.. Greeted, new('M', "<a@b>\0"), new('N', ""), new('B', "x")],
    };

    private sealed class SlowPeer : IAsyncDisposable
    {
        private readonly Pipe input = new();
        private readonly WatchedReader reader;
        private readonly MilterSession session;

        private SlowPeer()
        {
            reader = new WatchedReader(input.Reader);
            session = Sessions.Over(reader, PipeWriter.Create(Stream.Null), new StandInFilter(), Clock, Options);
            Run = session.RunAsync(CancellationToken.None, CancellationToken.None);
        }

        public ManualClock Clock { get; } = new();

        public Task Run { get; }

        public static async Task<SlowPeer> StartAsync(IEnumerable<WireFrame> opening)
        {
            var peer = new SlowPeer();
            await peer.reader.WhenWaitingAsync(Ct);
            if (opening.Bytes() is { Length: > 0 } bytes)
                await peer.SendAsync(bytes);
            return peer;
        }

        /// <summary>Returns when the session waits for more.</summary>
        public async Task SendAsync(ReadOnlyMemory<byte> bytes, bool isLast = false)
        {
            await input.Writer.WriteAsync(bytes, Ct);
            if (!isLast)
                await reader.WhenWaitingAsync(Ct);
        }

        public ValueTask DisposeAsync() => session.DisposeAsync();
    }
}
