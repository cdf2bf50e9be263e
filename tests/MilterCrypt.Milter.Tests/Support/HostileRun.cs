using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using MilterCrypt.Milter.Session;
using MilterCrypt.Milter.Wire;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests.Support;

/// <summary>What became of a session whose peer sent just these bytes and hung up.</summary>
/// <param name="Failure">How it ended, where it did not end well.</param>
/// <param name="Replies">The codes that were answered, in their order.</param>
internal sealed record HostileRun(Exception? Failure, string Replies)
{
    /// <summary>Whether a session may end so, whatever came in.</summary>
    public bool IsClean => Failure is null or MilterProtocolException or MessageAbortedException;

    public bool IsBreach => Failure is MilterProtocolException;

    public static async Task<HostileRun> OfAsync(
        ReadOnlyMemory<byte> sent, IMailFilter filter, MilterOptions? options = null)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var input = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var output = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await input.Writer.WriteAsync(sent, cancellation);
        await input.Writer.CompleteAsync();
        Exception? failure;
        await using (MilterSession session = Sessions.Over(input.Reader, output.Writer, filter, new ManualClock(), options))
        {
            failure = await Record.ExceptionAsync(
                () => session.RunAsync(CancellationToken.None, CancellationToken.None).WaitAsync(Patience.Ample, cancellation));
        }

        await output.Writer.CompleteAsync();
        return new HostileRun(failure, await ReadCodesAsync(output.Reader));
    }

    // Replies come in whole frames, however the session ends.
    private static async Task<string> ReadCodesAsync(PipeReader replies)
    {
        ReadOnlySequence<byte> buffer = (await replies.ReadAtLeastAsync(int.MaxValue)).Buffer;
        var codes = new StringBuilder();
        while (MilterFrame.TryRead(ref buffer, int.MaxValue, out MilterFrame frame))
            codes.Append((char)frame.Code);
        Assert.True(buffer.IsEmpty, "half a frame was answered");
        return codes.ToString();
    }
}
