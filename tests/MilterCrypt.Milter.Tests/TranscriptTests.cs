using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using MilterCrypt.Milter.Session;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.Milter.Wire;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Milter.Tests;

/// <summary>Real sessions of Postfix and Sendmail, sent again: the MTA's side byte for byte, however its bytes arrive. The
/// server must give exactly the answers that the MTA waited for, no more and no fewer.</summary>
public sealed class TranscriptTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "milter-transcripts");

    private static IEnumerable<string> All => Directory.GetFiles(Folder, "*.txt").Select(path => Path.GetFileName(path)).Order();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, bool> Ways => new(
        from transcript in All
        from pieces in new[] { "frame by frame", "byte by byte", "all at once" }
        from silent in new[] { true, false }
        select (transcript, pieces, silent));

    [Fact]
    public void AllRecordingsAreThere() => Assert.Equal(7, All.Count());

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task EachStepThatTheMtaWaitedForIsAnsweredOnceAndNoOther(string transcript, string pieces, bool silent)
    {
        // One filter that asks for as little as it can, one that answers everything.
        var filter = new ScriptedFilter
        {
            Steps = silent ? FilterSteps.None : FilterSteps.Connect | FilterSteps.Helo | FilterSteps.Unknown | FilterSteps.Data,
        };
        var log = new CollectingLogger();
        int messages = 0;
        foreach (TranscriptPacket[] connection in Connections(transcript))
        {
            await using var replay = new Replay(filter, log, maySkipReplies: silent);
            switch (pieces)
            {
                case "frame by frame":
                    await replay.SendInTurnAsync(connection);
                    break;
                case "byte by byte":
                    await replay.SendInPiecesAsync(connection, size: 1);
                    break;
                default:
                    await replay.SendInPiecesAsync(connection, size: int.MaxValue);
                    break;
            }

            await replay.EndAsync();
            messages += connection.Count(packet => packet is { FromMta: true, Command: MilterCommand.EndOfMessage });
        }

        Assert.Equal(messages, filter.Seen.Count(s => s.BodyEnded));
        MtaKind expected = transcript.StartsWith("postfix", StringComparison.Ordinal) ? MtaKind.Postfix : MtaKind.Sendmail;
        Assert.All(filter.Seen, s => Assert.Equal(expected, s.Mail.Session.Mta));
        Assert.All(filter.Seen.Where(s => s.BodyEnded), s => Assert.NotNull(s.QueueId));
        Assert.DoesNotContain(log.Entries, e => e.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task PostfixsLocalSubmissionIsRecognised()
    {
        var filter = new ScriptedFilter();
        await using var replay = new Replay(filter, new CollectingLogger(), maySkipReplies: true);
        await replay.SendInTurnAsync(Connections("postfix-3.7.11-local-and-bdat.txt").First());
        await replay.EndAsync();
        Assert.True(filter.Last.Mail.IsLocalSubmission);
        Assert.Equal("D2438B5E595", filter.Last.QueueId);
        Assert.Equal(2, filter.Last.Mail.Recipients.Count);
    }

    private static IEnumerable<TranscriptPacket[]> Connections(string transcript) =>
        MilterTranscript.ReadBoth(Path.Combine(Folder, transcript)).GroupBy(packet => packet.Session).Select(packets => packets.ToArray());

    /// <summary>A session of the server's, with a recorded MTA at the other end.</summary>
    private sealed class Replay : IAsyncDisposable
    {
        private readonly Pipe input = new(new PipeOptions(pauseWriterThreshold: 0));
        private readonly Pipe output = new(new PipeOptions(pauseWriterThreshold: 0));
        private readonly MilterSession session;
        private readonly Task running;
        private readonly List<byte> expected = [];
        private readonly List<byte> received = [];
        private Negotiation? agreed;

        public Replay(IMailFilter filter, ILogger logger, bool maySkipReplies)
        {
            session = Sessions.Over(input.Reader, output.Writer, filter, TimeProvider.System, null, maySkipReplies, logger);
            running = session.RunAsync(CancellationToken.None, CancellationToken.None);
        }

        /// <summary>As it was recorded: where the MTA waited for an answer, this waits, too.</summary>
        public async Task SendInTurnAsync(TranscriptPacket[] connection)
        {
            byte asked = 0;
            foreach (TranscriptPacket packet in connection)
            {
                if (packet.FromMta)
                {
                    asked = packet.Command;
                    await input.Writer.WriteAsync(packet.Bytes, Ct);
                }
                else if (Expects(asked, packet.Command))
                {
                    Assert.Equal((char)packet.Command, (char)await ReadAsync());
                }
            }
        }

        /// <summary>Without waiting for anything.</summary>
        public async Task SendInPiecesAsync(TranscriptPacket[] connection, int size)
        {
            byte[] all = [.. connection.Where(packet => packet.FromMta).SelectMany(packet => packet.Bytes)];
            for (int sent = 0; sent < all.Length; sent += size)
            {
                await input.Writer.WriteAsync(all.AsMemory(sent, Math.Min(size, all.Length - sent)), Ct);
                if (size >= all.Length)
                    break;
                await Task.Yield();
            }

            await ReadAsync();
            byte asked = 0;
            foreach (TranscriptPacket packet in connection)
            {
                if (packet.FromMta)
                    asked = packet.Command;
                else
                    Expects(asked, packet.Command);
            }
        }

        /// <summary>The session must end by itself; what it answered is compared.</summary>
        public async Task EndAsync()
        {
            await running.WaitAsync(Patience.Ample, Ct);
            await output.Writer.CompleteAsync();
            while (await TryReadAsync())
            {
                // Until there is nothing more.
            }

            Assert.Equal(expected.Select(code => (char)code), received.Select(code => (char)code));
        }

        public async ValueTask DisposeAsync()
        {
            await input.Writer.CompleteAsync();
            await session.DisposeAsync();
        }

        // The recorded filter let nothing be silent; ours may have agreed on more.
        private bool Expects(byte asked, byte reply)
        {
            if (agreed is not null && Steps.IsSilent(asked, agreed.Protocol))
                return false;
            expected.Add(reply);
            return true;
        }

        private async Task<byte> ReadAsync()
        {
            Assert.True(await TryReadAsync(), "the session answers no more");
            return received[^1];
        }

        private async Task<bool> TryReadAsync()
        {
            while (true)
            {
                ReadResult read = await output.Reader.ReadAsync(Ct).AsTask().WaitAsync(Patience.Ample, Ct);
                ReadOnlySequence<byte> buffer = read.Buffer;
                if (MilterFrame.TryRead(ref buffer, 65536, out MilterFrame frame))
                {
                    received.Add(frame.Code);
                    if (frame.Code == MilterCommand.Negotiate)
                        agreed = Negotiation.ReadAnswer(frame.Payload.ToArray());
                    output.Reader.AdvanceTo(buffer.Start);
                    return true;
                }

                output.Reader.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                    return false;
            }
        }
    }
}
