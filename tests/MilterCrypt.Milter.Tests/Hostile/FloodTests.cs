using System.Globalization;
using System.IO.Pipelines;
using MilterCrypt.Milter.Session;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests.Hostile;

/// <summary>Whatever a peer piles up, a session holds little of it, and answers as it should.</summary>
[Collection(nameof(MeasuredAlone))]
public sealed class FloodTests
{
    // What a session may hold with the limits as they come: the envelope's 2 Mi characters, most of all.
    private const long MostHeld = 16 * 1024 * 1024;

    private static readonly WireFrame[] Greeted = [WireFrames.TalkativeOffer, new('C', "host\0U"), new('H', "helo\0")];
    private static readonly WireFrame[] WithSender = [.. Greeted, new('M', "<a@b>\0")];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, int> Floods => new()
    {
        { "macros of many stages", 200_000 },
        { "macros as large as they may be", 1_000 },
        { "clients", 100_000 },
        { "clients who leave", 100_000 },
        { "greetings", 100_000 },
        { "unknown commands", 100_000 },
        { "senders", 50_000 },
        { "aborts", 200_000 },
        { "recipients", 200_000 },
        { "recipients with much told of each", 1_000 },
        { "recipients with many arguments", 500 },
        { "header fields", 200_000 },
        { "header fields without a value", 200_000 },
        { "large header fields", 300 },
        { "empty pieces of body", 200_000 },
        { "messages", 10_000 },
    };

    [Theory]
    [MemberData(nameof(Floods))]
    public async Task OfAFloodASessionHoldsLittleAndGoesOn(string flood, int count)
    {
        (WireFrame[] before, Func<int, IEnumerable<WireFrame>> wave) = Flood(flood);
        long atFirst = GC.GetTotalMemory(forceFullCollection: true);
        // A write ends when the session has looked at all of it.
        var input = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        await using MilterSession session = Sessions.Over(
            input.Reader, PipeWriter.Create(Stream.Null), new StandInFilter(), new ManualClock());
        Task run = session.RunAsync(CancellationToken.None, CancellationToken.None);
        await input.Writer.WriteAsync(before.Bytes(), Ct);
        var sea = new MemoryStream();
        for (int i = 0; i < count; i++)
        {
            foreach (WireFrame frame in wave(i))
                sea.Write(frame.Bytes);
            if (sea.Length < 64 * 1024 && i < count - 1)
                continue;
            await input.Writer.WriteAsync(sea.GetBuffer().AsMemory(0, (int)sea.Length), Ct).AsTask().WaitAsync(Patience.Ample, Ct);
            sea.SetLength(0);
        }

        Assert.False(run.IsCompleted, $"{run.Exception}");
        sea = null;
        long held = GC.GetTotalMemory(forceFullCollection: true) - atFirst;
        Assert.True(held < MostHeld, $"{held:N0} bytes are held of {flood}");
        await input.Writer.WriteAsync(new WireFrame('Q', "").Bytes, Ct);
        await run.WaitAsync(Patience.Ample, Ct);
    }

    [Fact]
    public async Task OfManyRecipientsAndHeaderFieldsTheLimitsAreKept()
    {
        var options = new MilterOptions { MaxRecipients = 1000, MaxHeaderFields = 500 };
        var filter = new ScriptedFilter();
        WireFrame[] session =
        [
            .. WithSender,
            .. Enumerable.Range(0, 100_000).Select(i => new WireFrame('R', $"<r{i}@b>\0")),
            .. Enumerable.Range(0, 100_000).Select(i => new WireFrame('L', $"X-{i}\0 x\0")),
            new('N', ""),
        ];
        HostileRun run = await HostileRun.OfAsync(session.Bytes(), filter, options);
        Assert.Null(run.Failure);
        Assert.Equal(1000, filter.Last.Mail.Recipients.Count);
        Assert.Equal(500, filter.Last.Mail.Header.Count);
        // Each of the others is refused, and the whole where the header ends.
        string answers = run.Replies[WithSender.Length..];
        Assert.Equal(new string('c', 1000) + new string('y', 99_000) + new string('c', 100_000) + "y", answers);
    }

    [Theory]
    [InlineData('M')]
    [InlineData('R')]
    public async Task MoreArgumentsThanAnyCommandLineHoldsAreABreachThatCostsNothing(char command)
    {
        WireFrame offer = WireFrames.Offer with { Payload = [0, 0, 0, 6, 0, 0, 1, 0xFF, 0x20, 0, 0, 0] };
        foreach (string arguments in (string[])["\0" + string.Concat(Enumerable.Repeat("a\0", 500_000)), string.Concat(Enumerable.Repeat(" a", 500_000)) + "\0"])
        {
            WireFrame[] opening = command == 'M' ? [offer] : [offer, new('M', "<a@b>\0")];
            byte[] sent = opening.Append(new WireFrame(command, "<a@b>" + arguments)).Bytes();
            long before = GC.GetAllocatedBytesForCurrentThread();
            HostileRun run = await HostileRun.OfAsync(sent, new ScriptedFilter());
            long taken = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Contains("arguments", Assert.IsType<MilterProtocolException>(run.Failure).Message, StringComparison.Ordinal);
            // The bytes themselves, as they came and laid out in one piece.
            Assert.True(taken < 5_000_000, $"{taken:N0} bytes were set aside");
        }
    }

    private static (WireFrame[] Before, Func<int, IEnumerable<WireFrame>> Wave) Flood(string name) => name switch
    {
        "macros of many stages" => (Greeted, i => [new('D', $"{"CHMRTNE"[i % 7]}m{i}\0value {i}\0")]),
        "macros as large as they may be" => (Greeted, i => [new('D', $"{"CHMRTNE"[i % 7]}m{i:D9}\0{new string('x', (16 * 1024) - 12)}\0")]),
        "clients" => (Greeted, i => [new('C', $"host{i}\0" + "4\0\0" + "192.0.2.1\0")]),
        "clients who leave" => (Greeted, i => [new('D', $"Cj\0mx{i}\0"), new('C', $"host{i}\0U"), new('K', "")]),
        "greetings" => (Greeted, i => [new('H', $"helo{i}\0")]),
        "unknown commands" => (Greeted, i => [new('U', $"TURN {i}\0")]),
        "senders" => (Greeted, i => [new('M', $"<a{i}@b>\0SIZE={i}\0")]),
        "aborts" => (WithSender, _ => [new('A', "")]),
        "recipients" => (WithSender, i => [new('R', $"<r{i}@b>\0")]),
        "recipients with much told of each" => (WithSender, i =>
        [
            new('D', $"R{{rcpt_addr}}\0r{i}@{new string('x', 8000)}\0{{rcpt_host}}\0{new string('h', 4000)}\0{{rcpt_mailer}}\0{new string('m', 4000)}\0"),
            new('R', $"<r{i}@b>\0"),
        ]),
        "recipients with many arguments" => (WithSender, i => [new('R', $"<r{i}@b>\0{string.Concat(Enumerable.Repeat("a\0", 900))}")]),
        "header fields" => (WithSender, i => [new('L', $"X-{i.ToString(CultureInfo.InvariantCulture)}\0 value\0")]),
        "header fields without a value" => (WithSender, _ => [new('L', "X\0\0")]),
        "large header fields" => (WithSender, _ => [new('L', $"X\0{new string('x', 65_000)}\0")]),
        "empty pieces of body" => ([.. WithSender, new('N', "")], _ => [new('B', "")]),
        "messages" => (Greeted, _ => [new('M', "<a@b>\0"), new('R', "<c@d>\0"), new('L', "X\0y\0"), new('N', ""), new('B', "body"), new('E', "")]),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
