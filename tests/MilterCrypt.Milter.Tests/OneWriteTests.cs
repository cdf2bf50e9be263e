using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Tests;

/// <summary>Answers leave together: each write of its own can cost an MTA on TCP 40 ms.</summary>
public sealed class OneWriteTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SmallChangesAndTheVerdictLeaveInOneWrite()
    {
        var filter = new ScriptedFilter
        {
            OnMessage = (mail, _) => new MailVerdict.Changed(new MessageChanges(
                [new HeaderEdit.Delete(0), new HeaderEdit.Add("X", " y"u8.ToArray())], new MemoryStream(Some.Bytes(30_000)))
            {
                Sender = new EnvelopeAddress("x@x"),
                AddedRecipients = [new EnvelopeAddress("d@d")],
                RemovedRecipients = [mail.Recipients[0]],
            }),
        };
        var input = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var output = new CountingWriter();
        await using var session = Sessions.Over(input.Reader, output, filter, TimeProvider.System);
        Task running = session.RunAsync(CancellationToken.None, CancellationToken.None);

        MtaHabits.Postfix.Offer.Write(input.Writer, new Dictionary<MacroStage, string>());
        foreach ((char command, string payload) in new[] { ('M', "<a@a>\0"), ('R', "<b@b>\0"), ('L', "Subject\0 x\0"), ('N', ""), ('B', "x") })
            FrameWriter.WriteBytes(input.Writer, (byte)command, Encoding.ASCII.GetBytes(payload));
        FrameWriter.WriteEmpty(input.Writer, MilterCommand.EndOfMessage);
        await input.Writer.FlushAsync(Ct);
        await input.Writer.CompleteAsync();
        await running.WaitAsync(Ct);

        // The last write holds all of it.
        var last = new ReadOnlySequence<byte>(output.Writes[^1]);
        var codes = new StringBuilder();
        while (MilterFrame.TryRead(ref last, int.MaxValue, out MilterFrame frame))
            codes.Append((char)frame.Code);
        Assert.EndsWith("e-+mhbc", codes.ToString(), StringComparison.Ordinal);
    }

    private sealed class CountingWriter : PipeWriter
    {
        private readonly ArrayBufferWriter<byte> held = new();

        public List<byte[]> Writes { get; } = [];

        public override void Advance(int bytes) => held.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => held.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => held.GetSpan(sizeHint);

        public override void CancelPendingFlush() => throw new NotSupportedException();

        public override void Complete(Exception? exception = null) => held.Clear();

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            Writes.Add(held.WrittenSpan.ToArray());
            held.ResetWrittenCount();
            return ValueTask.FromResult(new FlushResult(isCanceled: false, isCompleted: false));
        }
    }
}
