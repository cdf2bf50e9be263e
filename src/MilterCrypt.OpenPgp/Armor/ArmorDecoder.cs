using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace MilterCrypt.OpenPgp.Armor;

/// <summary>Decodes one armored block while it comes (RFC 9580 §6.2): takes what people's clipboards do to it (text before
/// it, blanks at line ends, either line end), but nothing after it. The checksum is neither needed nor looked at (§6.1).
/// Bounded memory; one block, one thread. Disposal clears what was kept.</summary>
/// <param name="label">What must stand in its first line, such as <c>PGP MESSAGE</c>.</param>
/// <param name="next">Receives the octets.</param>
internal sealed class ArmorDecoder(string label, IOctetSink next) : IDisposable
{
    // Armor has 76 columns at most, by its own rules; people's tools are not always told.
    private const int MaxLineLength = 4096;
    private const int GatheredLength = 2 * MaxLineLength;
    private const int MaxHeaders = 64;

    private readonly byte[] begin = [.. "-----BEGIN "u8, .. System.Text.Encoding.ASCII.GetBytes(label), .. "-----"u8];
    private readonly byte[] end = [.. "-----END "u8, .. System.Text.Encoding.ASCII.GetBytes(label), .. "-----"u8];
    private readonly byte[] line = new byte[MaxLineLength];

    // Base64 of several lines is decoded at once, which is several times as fast as line by line.
    private readonly byte[] gathered = new byte[GatheredLength];
    private readonly byte[] decoded = new byte[GatheredLength / 4 * 3];
    private int lineLength;
    private bool isSkipping;
    private int gatheredLength;
    private int headers;
    private Step step;

    private enum Step
    {
        Before,
        Headers,
        Base64,
        AfterChecksum,
        After,
    }

    /// <summary>Why this is no such block, or null.</summary>
    internal string? Problem { get; private set; }

    /// <summary>Takes the next octets of the text. What whole lines hold is passed on, but for what only the END line makes
    /// sense of.</summary>
    internal void Write(ReadOnlySpan<byte> data)
    {
        TakeLines(data);
        Decode(isLast: false);
    }

    /// <summary>Ends the text; where it held a whole block, that ends the octets too.</summary>
    /// <returns>Why it did not, or null.</returns>
    internal string? Complete()
    {
        if (Problem is null && lineLength > 0)
            TakeLine(line.AsSpan(0, lineLength));
        if (Problem is null && step != Step.After)
            Problem = step == Step.Before ? $"no {label}" : "armor that is cut short";
        if (Problem is null)
            next.Complete();
        return Problem;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(line);
        CryptographicOperations.ZeroMemory(gathered);
        CryptographicOperations.ZeroMemory(decoded);
    }

    private void TakeLines(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty && Problem is null)
        {
            int length = data.IndexOf((byte)'\n');
            var part = length < 0 ? data : data[..length];
            if (lineLength + part.Length > MaxLineLength && !TrySkipLine())
                return;

            if (isSkipping)
            {
                // What it holds is nobody's, whatever it begins with.
            }
            else if (length >= 0 && lineLength == 0)
            {
                TakeLine(part);
            }
            else
            {
                part.CopyTo(line.AsSpan(lineLength));
                lineLength += part.Length;
                if (length >= 0)
                    TakeLine(line.AsSpan(0, lineLength));
            }

            if (length < 0)
                return;
            lineLength = 0;
            isSkipping = false;

            data = data[(length + 1)..];
        }
    }

    // A line of the text before the armor may have any length; it is none of ours.
    private bool TrySkipLine()
    {
        isSkipping = step == Step.Before;
        lineLength = 0;
        if (!isSkipping)
            Problem = "a line too long for armor";
        return isSkipping;
    }

    private void TakeLine(ReadOnlySpan<byte> text)
    {
        text = text.TrimEnd(" \t\r"u8);
        switch (step)
        {
            case Step.Before:
                if (text.StartsWith("\uFEFF"u8))
                    text = text[3..];
                if (text.SequenceEqual(begin))
                    step = Step.Headers;
                break;
            case Step.After:
                if (!text.IsEmpty)
                    Problem = "text after the armor";
                break;
            case var _ when text.SequenceEqual(end):
                Decode(isLast: true);
                step = Step.After;
                break;
            case Step.Headers:
                TakeHeader(text);
                break;
            default:
                TakeBody(text);
                break;
        }
    }

    // A header has a colon, which base64 has not; so even a lost blank line does no harm.
    private void TakeHeader(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            step = Step.Base64;
        }
        else if (!text.Contains((byte)':'))
        {
            step = Step.Base64;
            TakeBody(text);
        }
        else if (++headers > MaxHeaders)
        {
            Problem = "too many armor headers";
        }
    }

    private void TakeBody(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return;
        if (step == Step.AfterChecksum)
        {
            Problem = "armor that goes on after its checksum";
            return;
        }

        if (text[0] == '=' && text.Length == 5)
        {
            step = Step.AfterChecksum;
            return;
        }

        if (gatheredLength + text.Length > gathered.Length)
            Decode(isLast: false);
        if (Problem is not null)
            return;
        // Blanks between the characters are nothing; they must not count when groups of four are taken.
        while (text.IndexOfAny(" \t\r"u8) is var length and >= 0)
        {
            Gather(text[..length]);
            text = text[(length + 1)..];
        }

        Gather(text);
    }

    private void Gather(ReadOnlySpan<byte> text)
    {
        text.CopyTo(gathered.AsSpan(gatheredLength));
        gatheredLength += text.Length;
    }

    private void Decode(bool isLast)
    {
        if (Problem is not null)
            return;

        // Padding ends the data: whether it may, the END line says.
        int whole = isLast ? gatheredLength : gatheredLength / 4 * 4;
        if (!isLast && whole > 0 && gathered[whole - 1] == '=')
            whole -= 4;
        var status = Base64.DecodeFromUtf8(gathered.AsSpan(0, whole), decoded, out int consumed, out int written, isLast);
        if (status != OperationStatus.Done || consumed != whole)
        {
            Problem = "armor that is not base64";
            return;
        }

        next.Write(decoded.AsSpan(0, written));
        gathered.AsSpan(whole, gatheredLength - whole).CopyTo(gathered);
        gatheredLength -= whole;
    }
}
