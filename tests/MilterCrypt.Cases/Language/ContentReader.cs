using System.Globalization;
using System.Text;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Cases.Language;

/// <summary>Reads the bytes of a message, or of a part of one, from the lines below the one that wants them.</summary>
internal static class ContentReader
{
    // 62 and CRLF: a block of lines that no mail server folds.
    private const int FillLine = 64;

    public static bool IsContent(string line) => line.Split(' ')[0] is "|" or "REPEAT" or "FILL" or "FILE";

    /// <returns>The bytes, or null where no line of content follows.</returns>
    public static byte[]? Read(CaseLines lines)
    {
        if (lines.IsAtEnd || !IsContent(lines.Peek))
            return null;

        var content = new List<byte>();
        while (!lines.IsAtEnd && IsContent(lines.Peek))
        {
            var place = lines.Place;
            string line = lines.Take();
            string keyword = line.Split(' ')[0];
            string rest = line.Length > keyword.Length ? line[(keyword.Length + 1)..] : "";
            content.AddRange(keyword switch
            {
                "|" => TextLine(place, rest),
                "REPEAT" => Repeat(place, rest),
                "FILL" => Fill(place, Number(place, rest)),
                _ => ReadFile(place, rest),
            });
        }

        return [.. content];
    }

    private static byte[] TextLine(Place place, string text)
    {
        // A single backslash at the end joins what follows to the line.
        bool joins = text.EndsWith('\\') && !text.EndsWith(@"\\", StringComparison.Ordinal);
        try
        {
            byte[] bytes = Escapes.Read(joins ? text[..^1] : text);
            return joins ? bytes : [.. bytes, (byte)'\r', (byte)'\n'];
        }
        catch (FormatException wrong)
        {
            throw new CaseSyntaxException(place, wrong.Message);
        }
    }

    private static byte[] Repeat(Place place, string rest)
    {
        if (rest.Split(" | ", 2) is not [var count, var text])
            throw new CaseSyntaxException(place, "REPEAT n | text");
        byte[] line = TextLine(place, text);
        return [.. Enumerable.Range(0, Number(place, count)).SelectMany(_ => line)];
    }

    private static byte[] Fill(Place place, int size)
    {
        if (size < 2)
            throw new CaseSyntaxException(place, "FILL 2, the bytes of a CRLF, or more");
        var text = new StringBuilder(size);
        for (int left = size; left > 0;)
        {
            // A line of nothing but its end is fine; half a line end is not.
            int line = left == FillLine + 1 ? FillLine - 1 : Math.Min(left, FillLine);
            text.Append('x', line - 2).Append("\r\n");
            left -= line;
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static byte[] ReadFile(Place place, string name)
    {
        string path = Repository.PathOf("tests/cases/mail/" + name);
        return File.Exists(path)
            ? File.ReadAllBytes(path)
            : throw new CaseSyntaxException(place, $"there is no tests/cases/mail/{name}");
    }

    private static int Number(Place place, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new CaseSyntaxException(place, $"'{text}' is no number");
}
