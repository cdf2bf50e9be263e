using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using MilterCrypt.Milter.Session;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.Milter.Wire;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests;

/// <summary>Real sessions of Postfix and Sendmail, sent again: the MTA's side byte for byte, however its bytes arrive. The
/// server must give exactly the answers that the MTA waited for, no more and no fewer.</summary>
public sealed class TranscriptTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, bool> Ways => new(
        from transcript in Transcript.All
        from pieces in new[] { "frame by frame", "byte by byte", "all at once" }
        from silent in new[] { true, false }
        select (transcript, pieces, silent));

    [Fact]
    public void AllRecordingsAreThere() => Assert.Equal(7, Transcript.All.Count());

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
        foreach (Transcript connection in Transcript.Read(transcript))
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
            messages += connection.Frames.Count(frame => frame is { FromMta: true, Code: MilterCommand.EndOfMessage });
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
        await replay.SendInTurnAsync(Transcript.Read("postfix-3.7.11-local-and-bdat.txt")[0]);
        await replay.EndAsync();
        Assert.True(filter.Last.Mail.IsLocalSubmission);
        Assert.Equal("D2438B5E595", filter.Last.QueueId);
        Assert.Equal(2, filter.Last.Mail.Recipients.Count);
    }

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
            var services = new SessionServices(filter, new MilterOptions(), TimeProvider.System, new ClearingPool(), logger);
            session = new MilterSession(new Duplex(input.Reader, output.Writer), services, null, maySkipReplies, "replay");
            running = session.RunAsync(CancellationToken.None, CancellationToken.None);
        }

        /// <summary>As it was recorded: where the MTA waited for an answer, this waits, too.</summary>
        public async Task SendInTurnAsync(Transcript connection)
        {
            byte asked = 0;
            foreach (TranscriptFrame frame in connection.Frames)
            {
                if (frame.FromMta)
                {
                    asked = frame.Code;
                    await input.Writer.WriteAsync(frame.Bytes, Ct);
                }
                else if (Expects(asked, frame.Code))
                {
                    Assert.Equal((char)frame.Code, (char)await ReadAsync());
                }
            }
        }

        /// <summary>Without waiting for anything.</summary>
        public async Task SendInPiecesAsync(Transcript connection, int size)
        {
            byte[] all = [.. connection.Frames.Where(frame => frame.FromMta).SelectMany(frame => frame.Bytes)];
            for (int sent = 0; sent < all.Length; sent += size)
            {
                await input.Writer.WriteAsync(all.AsMemory(sent, Math.Min(size, all.Length - sent)), Ct);
                if (size >= all.Length)
                    break;
                await Task.Yield();
            }

            await ReadAsync();
            byte asked = 0;
            foreach (TranscriptFrame frame in connection.Frames)
            {
                if (frame.FromMta)
                    asked = frame.Code;
                else
                    Expects(asked, frame.Code);
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

        private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }
}
