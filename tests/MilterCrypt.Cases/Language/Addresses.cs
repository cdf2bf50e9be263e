using System.Text.RegularExpressions;
using MilterCrypt.Milter;

namespace MilterCrypt.Cases.Language;

/// <summary>Addresses in angle brackets with ESMTP arguments behind them.</summary>
internal static partial class Addresses
{
    /// <summary>One address, with what follows it as its arguments.</summary>
    public static EnvelopeAddress? ReadOne(string text)
    {
        var match = One().Match(text);
        return match.Success
            ? new EnvelopeAddress(match.Groups[1].Value, match.Groups[2].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            : null;
    }

    /// <summary>Addresses without arguments.</summary>
    public static string[]? ReadList(string text)
    {
        var match = List().Match(text);
        return match.Success ? [.. match.Groups[1].Captures.Select(capture => capture.Value)] : null;
    }

    [GeneratedRegex("""^<((?:"(?:[^"\\]|\\.)*"|[^<>"])*)>((?: [^ <>]+)*)$""")]
    private static partial Regex One();

    [GeneratedRegex("""^(?:<((?:"(?:[^"\\]|\\.)*"|[^<>"])*)> ?)+$""")]
    private static partial Regex List();
}
