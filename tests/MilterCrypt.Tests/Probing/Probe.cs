using System.Text;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Tests.Probing;

/// <summary>Runs `miltercrypt probe` on a filter.</summary>
internal static class Probe
{
    public static Task<CommandResult> RunAsync(ByteFilter filter, params string[] options) => RunAsync(filter.Socket, default, options);

    public static Task<CommandResult> RunAsync(MilterSocket filter, ReadOnlyMemory<byte> input, params string[] options)
    {
        if (MilterCryptProgram.Missing() is { } missing)
            Assert.Skip(missing);
        return MilterCryptProgram.RunAsync(["probe", filter.ForPostfix, .. options], input, TestContext.Current.CancellationToken);
    }

    /// <summary>A filter that does this at end of message.</summary>
    public static ByteFilter AtEnd(params byte[][] frames) => new((code, _) => code == 'E' ? frames : null);

    /// <summary>What INSHEADER and CHGHEADER carry.</summary>
    public static byte[] Placed(char code, byte place, string text) => ByteFilter.Frame(code, [0, 0, 0, place, .. Encoding.Latin1.GetBytes(text)]);
}
