using System.Text;

namespace MilterCrypt.Commands.Sop;

/// <summary>Sees to it that what should be text is UTF-8, while it comes.</summary>
internal sealed class SopTextCheck : IDisposable
{
    private readonly Decoder decoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetDecoder();
    private readonly char[] characters = GC.AllocateArray<char>(4096, pinned: true);

    /// <summary>Looks at the next octets.</summary>
    /// <exception cref="CommandException">They are no text.</exception>
    public void Take(ReadOnlySpan<byte> data) => Decode(data, isLast: false);

    /// <summary>Looks at the end, where a character may be cut short.</summary>
    /// <exception cref="CommandException">It is.</exception>
    public void Complete() => Decode([], isLast: true);

    /// <summary>Clears what was looked at.</summary>
    public void Dispose() => Array.Clear(characters);

    private void Decode(ReadOnlySpan<byte> data, bool isLast)
    {
        try
        {
            do
            {
                decoder.Convert(data, characters, isLast, out int used, out _, out _);
                data = data[used..];
            }
            while (!data.IsEmpty);
        }
        catch (DecoderFallbackException)
        {
            throw new CommandException(SopExitCode.ExpectedText, "standard input is not text in UTF-8");
        }
    }
}
