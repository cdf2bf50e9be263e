using System.Collections.Concurrent;
using System.Text;
using MilterCrypt.Milter.Tests.Support;

namespace MilterCrypt.Milter.Tests.Hostile;

/// <summary>Each command's data, cut and bent at every byte: a breach ends the session, or a filter sees whole values and
/// nothing else.</summary>
public sealed class PayloadTests
{
    private static readonly byte[] Offer = WireFrames.Offer.Bytes;

    // What a filter may be told of the session in WireFrames, and no part of it.
    private static readonly HashSet<string> WholeValues =
    [
        "host.example", "192.0.2.1", "8080", "0", "", "helo.example", "TURN now", "a@b.example", "SIZE=5", "BODY=8BITMIME",
        "c@d.example", "NOTIFY=NEVER", "Subject", " hello", "Q1", "mx", "3.7.11", "TLSv1.3",
    ];

    public static TheoryData<int> FramesWithData => [.. Enumerable.Range(0, WireFrames.Session.Count).Where(i => WireFrames.Session[i].Payload.Length > 0)];

    [Theory]
    [MemberData(nameof(FramesWithData))]
    public async Task DataThatIsCutIsABreachOrLeavesWholeValues(int place)
    {
        WireFrame frame = WireFrames.Session[place];
        for (int length = 0; length < frame.Payload.Length; length++)
        {
            WireFrame[] session = [.. WireFrames.Session];
            session[place] = frame with { Payload = frame.Payload[..length] };
            var filter = new Listener();
            HostileRun run = await HostileRun.OfAsync(session.Bytes(), filter);
            Assert.True(run.IsClean, $"{session[place]}: {run.Failure}");
            if (frame.Command is not ('B' or 'E'))
                Assert.All(filter.Told, value => Assert.Contains(value, WholeValues));
            // What must end in a NUL, and does not, is never taken.
            if (frame.Command is 'H' or 'U' or 'M' or 'R' or 'L' && (length == 0 || frame.Payload[length - 1] != 0))
                Assert.True(run.IsBreach, $"{session[place]} was taken");
        }
    }

    // The frame says how long it is, and bytes of it are missing: what follows is taken for the rest.
    [Theory]
    [MemberData(nameof(FramesWithData))]
    public async Task BytesThatAreMissingNeverEscapeTheProtocolsOwnException(int place)
    {
        byte[] before = WireFrames.Session.Take(place).Bytes();
        byte[] whole = WireFrames.Session.Bytes();
        int end = before.Length + WireFrames.Session[place].Bytes.Length;
        for (int missing = before.Length; missing < end; missing++)
        {
            var filter = new ScriptedFilter();
            HostileRun run = await HostileRun.OfAsync(whole.Where((_, i) => i != missing).ToArray(), filter);
            Assert.True(run.IsClean, $"{missing}: {run.Failure}");
            Assert.All(filter.Seen, seen => Assert.Equal(1, seen.Disposals));
        }
    }

    // '|' is a NUL. Each line of the table lacks one of them; the last column is what the filter is told, or null where that
    // ends the session.
    [Theory]
    [InlineData("C", "host4\u001f\u0090192.0.2.1|", null)]
    [InlineData("C", "host|4\u001f\u0090192.0.2.1", null)]
    [InlineData("C", "host|", null)]
    [InlineData("C", "host|X", null)]
    [InlineData("C", "host|4", null)]
    [InlineData("D", "", null)]
    [InlineData("O", "||||||||||||", null)]
    [InlineData("H", "helo", null)]
    [InlineData("U", "TURN", null)]
    [InlineData("M", "<a@b>", null)]
    [InlineData("M", "<a@b>SIZE=5|", "a@b SIZE=5")]
    [InlineData("M", "<a@b>|SIZE=5", null)]
    [InlineData("M", "a@bSIZE=5|", "a@bSIZE=5")]
    [InlineData("R", "<c@d>NOTIFY=NEVER|", "c@d NOTIFY=NEVER")]
    [InlineData("R", "<c@d>|NOTIFY=NEVER", null)]
    [InlineData("L", "Subject hello|", null)]
    [InlineData("L", "Subject| hello", null)]
    [InlineData("D", "Mi|Q1|jmx|", null)]
    [InlineData("D", "Mi|Q1|j|mx", null)]
    [InlineData("D", "MiQ1|j|mx|", null)]
    [InlineData("D", "Mi|Q1j|mx|", null)]
    public async Task ANulThatIsMissingIsABreachOrJoinsItsNeighbours(string command, string payload, string? told)
    {
        var bent = new WireFrame(command[0], payload.Replace('|', '\0'));
        WireFrame[] before = command switch
        {
            "R" or "L" => [WireFrames.Offer, new WireFrame('M', "<a@b>\0")],
            _ => [WireFrames.Offer],
        };
        var filter = new Listener();
        HostileRun run = await HostileRun.OfAsync(before.Append(bent).Bytes(), filter);
        Assert.Equal(told is null, run.IsBreach);
        if (told is not null)
            Assert.EndsWith(told, string.Join(' ', filter.Told), StringComparison.Ordinal);
    }

    public static TheoryData<string, uint> BadLengths => new(
        from command in "DCHUMRTLNBEAKQ"
        from length in new uint[] { 0, 65538, 1 << 20, (1 << 20) + 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF }
        select (command.ToString(), length));

    [Theory]
    [MemberData(nameof(BadLengths))]
    public async Task ALengthThatWasNotAgreedOnIsRefusedBeforeAnythingIsSetAsideForIt(string command, uint length)
    {
        byte[] sent = [.. Offer, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length, (byte)command[0]];
        // Once, so that what is compiled on the way is not counted.
        await HostileRun.OfAsync(sent, new ScriptedFilter());
        long before = GC.GetAllocatedBytesForCurrentThread();
        HostileRun run = await HostileRun.OfAsync(sent, new ScriptedFilter());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
        Assert.Contains($"length {length}", Assert.IsType<MilterProtocolException>(run.Failure).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(65536)]
    [InlineData(65537)]
    public async Task TheShortestAndTheLongestFrameAreTaken(int length)
    {
        WireFrame[] session =
        [
            WireFrames.Offer, new('M', "<a@b>\0"), new('N', ""), new('B', new string('x', length - 1)), new('E', ""),
        ];
        var filter = new ScriptedFilter();
        Assert.Null((await HostileRun.OfAsync(session.Bytes(), filter)).Failure);
        Assert.Equal(length - 1, filter.Last.Body.WrittenCount);
    }

    [Theory]
    [InlineData(0x10000000, 0x3FFFF)]
    [InlineData(0x20000000, 0xFFFFF)]
    [InlineData(0x30000000, 0xFFFFF)]
    public async Task WhereMoreDataIsAgreedOnJustThatMuchIsTaken(int offered, int most)
    {
        WireFrame offer = WireFrames.Offer with { Payload = [0, 0, 0, 6, 0, 0, 1, 0xFF, (byte)(offered >> 24), 0, 0, 0] };
        foreach (int length in (int[])[most, most + 1])
        {
            WireFrame[] session = [offer, new('M', "<a@b>\0"), new('N', ""), new('B', new byte[length]), new('E', "")];
            var filter = new ScriptedFilter();
            HostileRun run = await HostileRun.OfAsync(session.Bytes(), filter);
            Assert.Equal(length > most, run.IsBreach);
            Assert.Equal(length <= most, filter.Last.BodyEnded);
        }
    }

    /// <summary>Remembers each value that it was told.</summary>
    private sealed class Listener : IMailFilter
    {
        public ConcurrentQueue<string> Told { get; } = new();

        public FilterSteps Steps => FilterSteps.Connect | FilterSteps.Helo | FilterSteps.Unknown | FilterSteps.Data;

        public ValueTask<StepReply> ConnectAsync(SmtpSession session, CancellationToken cancellationToken) => Take(session);

        public ValueTask<StepReply> HeloAsync(SmtpSession session, CancellationToken cancellationToken) => Take(session);

        public ValueTask<StepReply> UnknownAsync(SmtpSession session, string commandLine, CancellationToken cancellationToken)
        {
            Told.Enqueue(commandLine);
            return Take(session);
        }

        public IMessageHandler Begin(MailTransaction mail)
        {
            Note(mail.Session);
            Note([mail.Sender, mail.ResolvedSender, mail.QueueId, .. mail.SenderArguments]);
            return new Handler(this, mail);
        }

        private ValueTask<StepReply> Take(SmtpSession session)
        {
            Note(session);
            return ValueTask.FromResult(StepReply.Continue);
        }

        private void Note(SmtpSession session) => Note(
            [session.ClientHost, session.Helo, session.MtaHost, session.MtaVersion, session.Tls?.Version,
                session.ClientAddress?.ToString(), $"{session.ClientPort}"]);

        private void Note(ReadOnlySpan<string?> values)
        {
            foreach (string? value in values)
            {
                if (value is not null)
                    Told.Enqueue(value);
            }
        }

        private sealed class Handler(Listener listener, MailTransaction mail) : IMessageHandler
        {
            public ValueTask<RecipientReply> RecipientAsync(Recipient recipient, CancellationToken cancellationToken)
            {
                listener.Note([recipient.ResolvedAddress, mail.QueueId, recipient.Address, .. recipient.Arguments]);
                return ValueTask.FromResult(RecipientReply.Accept);
            }

            public ValueTask<HeaderDecision> HeaderAsync(CancellationToken cancellationToken)
            {
                foreach (HeaderField field in mail.Header)
                    listener.Note([field.Name, Encoding.UTF8.GetString(field.Value.Span)]);
                return ValueTask.FromResult(HeaderDecision.ReadBody);
            }

            public async ValueTask<MailVerdict> BodyAsync(System.IO.Pipelines.PipeReader body, CancellationToken cancellationToken)
            {
                await body.CopyToAsync(Stream.Null, cancellationToken);
                return MailVerdict.Unchanged;
            }

            public void Answered(MailVerdict verdict) { }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
