using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.Milter.Wire;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests;

/// <summary>How long an MTA may say nothing, to the millisecond.</summary>
public sealed class SilenceTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", 30)]
    [InlineData("O", 10800)]
    [InlineData("OM", 10800)]
    [InlineData("OMR", 10800)]
    [InlineData("OMRL", 300)]
    [InlineData("OMRN", 300)]
    [InlineData("OMRNB", 300)]
    [InlineData("OMRNBE", 10800)]
    [InlineData("OMRNBA", 10800)]
    public async Task ASessionIsGivenUpWhenItsTimeIsOverAndNotBefore(string commands, int seconds)
    {
        var limit = TimeSpan.FromSeconds(seconds);
        var clock = new ManualClock();
        var pipe = new Pipe();
        var input = new WatchedReader(pipe.Reader);
        await using var session = Sessions.Over(input, new Pipe().Writer, new ScriptedFilter(), clock);
        var run = session.RunAsync(CancellationToken.None, CancellationToken.None);
        await WhenItWaitsAsync();
        foreach (char command in commands)
        {
            clock.Advance(TimeSpan.FromSeconds(30) - Moment);
            await SendAsync(command);
        }

        // Macros bring it to no other stage, and are just in time, as often as it likes.
        for (int i = 0; i < 3 && commands != ""; i++)
        {
            clock.Advance(limit - Moment);
            await SendAsync('D');
        }

        clock.Advance(limit - Moment);
        Assert.False(run.IsCompleted);
        clock.Advance(Moment);
        var late = await Assert.ThrowsAsync<TimeoutException>(() => run.WaitAsync(Patience.Ample, Ct));
        Assert.Contains("silent for too long", late.Message, StringComparison.Ordinal);

        // Only then has the clock something to count.
        Task WhenItWaitsAsync() => Task.WhenAny(run, input.WhenWaitingAsync(Ct)).Unwrap().WaitAsync(Patience.Ample, Ct);

        async Task SendAsync(char command)
        {
            await pipe.Writer.WriteAsync(Frame(command), Ct);
            await WhenItWaitsAsync();
        }
    }

    private static ReadOnlyMemory<byte> Frame(char command)
    {
        var output = new ArrayBufferWriter<byte>();
        if (command == 'O')
        {
            MtaHabits.Postfix.Offer.Write(output, new Dictionary<MacroStage, string>());
            return output.WrittenMemory;
        }

        string payload = command switch { 'M' or 'R' => "<a@b>\0", 'L' => "Subject\0 hello\0", 'D' => "Ei\0Q1\0", _ => "" };
        FrameWriter.WriteBytes(output, (byte)command, Encoding.ASCII.GetBytes(payload));
        return output.WrittenMemory;
    }
}
