using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Tests.Probing;

/// <summary>`miltercrypt probe` on filters that break the protocol: it ends, says what was wrong and how far it came, and its
/// terminal stays as it was.</summary>
public sealed class HostileFilterTests
{
    private static readonly byte[] HalfAFrame = [0, 0, 0, 9, (byte)'y', (byte)'5'];

    // How the filter misbehaves, upon which command, and what the user reads.
    private static readonly Dictionary<string, (char At, Func<IEnumerable<byte[]>> Answer, int ExitCode, string Words)> Misdeeds = new()
    {
        ["speaks HTTP"] = ('O', () => ["HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray()], 76, "Frame length 1213486160 is outside"),
        ["answers the negotiation with a step's answer"] = ('O', () => [ByteFilter.Frame('c')], 76, "answers the negotiation with continue"),
        ["negotiates too briefly"] = ('O', () => [ByteFilter.Frame('O', "short")], 76, "too short"),
        ["wants what was not offered"] = ('O', () => [ByteFilter.Agree(0xFFFF, 0)], 76, "wants what was not offered"),
        ["asks for half a list of macros"] = ('O', () => [ByteFilter.Frame('O', "\0\0\0\x06\0\0\0\0\0\0\0\0\0\0\0\x01j")], 76, "lacks its terminating NUL"),
        ["says nothing at all"] = ('O', () => [], 69, "was not done after 1 s"),
        ["hangs up at once"] = ('O', () => [ByteFilter.HangUp], 76, "closed the connection"),
        ["announces two gigabytes"] = ('C', () => [[0x7F, 0xFF, 0xFF, 0xFF, (byte)'c']], 76, "Frame length 2147483647"),
        ["sends a frame of nothing"] = ('C', () => [[0, 0, 0, 0]], 76, "Frame length 0"),
        ["sends half a frame and waits"] = ('M', () => [HalfAFrame], 69, "was not done after 1 s"),
        ["sends half a frame and goes"] = ('M', () => [HalfAFrame, ByteFilter.HangUp], 76, "closed the connection"),
        ["never answers HELO"] = ('H', () => [], 69, "was not done after 1 s"),
        ["edits before the end"] = ('L', () => [ByteFilter.Frame('h', "X\0y\0")], 76, "SMFIC_HEADER with SMFIR_ADDHEADER"),
        ["is at work without end"] = ('E', () => Forever(ByteFilter.Frame('p')), 76, "has no end"),
        ["is at work on the sender without end"] = ('M', () => Forever(ByteFilter.Frame('p')), 76, "has no end"),
        ["replaces the body without end"] = ('E', () => Forever(ByteFilter.Frame('b', new string('x', 1 << 20))), 76, "has no end"),
        ["edits without end"] = ('E', () => Enumerable.Repeat(ByteFilter.Frame('h', "X\0y\0"), 10_001).Append(ByteFilter.Frame('c')), 76, "has no end"),
        ["interrupts the body"] = ('E', () => [ByteFilter.Frame('b', "x"), ByteFilter.Frame('p'), ByteFilter.Frame('b', "y"), ByteFilter.Frame('c')], 76, "between two pieces"),
        ["refuses without a code"] = ('R', () => [ByteFilter.Frame('y', "no\0")], 76, "answers SMFIC_RCPT with no"),
        ["sends half an edit"] = ('E', () => [ByteFilter.Frame('m', "\0"), ByteFilter.Frame('c')], 76, "cut off"),
        ["sends an edit without its end"] = ('E', () => [ByteFilter.Frame('h', "X-Name"), ByteFilter.Frame('c')], 76, "lacks its terminating NUL"),
        ["says what nobody knows"] = ('E', () => [ByteFilter.Frame('\x1b', "x"), ByteFilter.Frame('c')], 76, "amid edits"),
    };

    public static TheoryData<string> Names => [.. Misdeeds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task AFilterThatBreaksTheProtocolEndsTheProbe(string misdeed)
    {
        var (at, answer, exitCode, words) = Misdeeds[misdeed];
        await using var filter = new ByteFilter((code, _) => code == at ? answer() : null);
        var result = await Probe.RunAsync(filter, exitCode == 69 ? ["--timeout", "1", "--trace"] : ["--trace"]);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
        Assert.Contains("\nnegotiation ", result.OutputText, StringComparison.Ordinal);
        Assert.Contains("no verdict: the MTA does what it is configured to do", result.OutputText, StringComparison.Ordinal);
        AssertHarmless(result.OutputText + result.Error);
    }

    [Fact]
    public async Task NothingThatItSaysMovesTheCursor()
    {
        // Terminal commands in seven and eight bits, as bytes and in UTF-8, and a turn of direction.
        const string Evil = "\u001b]0;title\a\u009b2J\u00c2\u009b2J\b\u00e2\u0080\u00ae";
        await using var filter = new ByteFilter((code, _) => code switch
        {
            'O' => [ByteFilter.Frame('O', $"\0\0\0\u0006\0\0\u0001\u00ff\0\0\0\0\0\0\0\u0001{Evil}\0")],
            'R' => [ByteFilter.Frame('y', $"550 5.7.1 {Evil}\r\0")],
            _ => null,
        });
        foreach (string[] options in new string[][] { ["--local"], ["--trace"], ["--trace", "--as", "sendmail"] })
        {
            var refused = await Probe.RunAsync(filter, options);
            Assert.Contains("550 5.7.1", refused.OutputText, StringComparison.Ordinal);
            AssertHarmless(refused.OutputText + refused.Error);
        }

        await using var edits = Probe.AtEnd(ByteFilter.Frame('h', $"X{Evil}\0{Evil}\n\t{Evil}\0"), ByteFilter.Frame('e', $"<{Evil}>\0"), ByteFilter.Frame('+', $"<{Evil}>\0"), ByteFilter.Frame('q', $"{Evil}\0"), ByteFilter.Frame('c'));
        var held = await Probe.RunAsync(edits, "--trace");
        Assert.Equal(1, held.ExitCode);
        Assert.Contains("on hold (", held.OutputText, StringComparison.Ordinal);
        AssertHarmless(held.OutputText + held.Error);
    }

    private static void AssertHarmless(string text) =>
        Assert.DoesNotContain(text, c => (char.IsControl(c) && c != '\n') || c == '\u202e');

    private static IEnumerable<byte[]> Forever(byte[] frame)
    {
        while (true)
            yield return frame;
    }
}
