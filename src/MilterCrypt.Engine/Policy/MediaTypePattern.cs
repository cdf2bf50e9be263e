using System.Diagnostics.CodeAnalysis;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>Media types as a rule names them: <c>multipart/signed</c> or <c>text/*</c>.</summary>
public sealed class MediaTypePattern
{
    private readonly string text;
    private readonly bool isAnySubtype;

    private MediaTypePattern(string text)
    {
        this.text = AsciiCase.ToLower(text);
        isAnySubtype = text.EndsWith("/*", StringComparison.Ordinal);
    }

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The pattern as the configuration has it.</param>
    /// <param name="pattern">The pattern, or null.</param>
    /// <param name="reason">What is wrong with it and what was meant, for the administrator, or null.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out MediaTypePattern? pattern, [NotNullWhen(false)] out string? reason)
    {
        bool isOne = text.Split('/') is [{ Length: > 0 } type, { Length: > 0 } subtype] && IsToken(type) && (subtype == "*" || IsToken(subtype));
        pattern = isOne ? new MediaTypePattern(text) : null;
        reason = isOne ? null : "it is not a media type: multipart/signed or text/*";
        return isOne;
    }

    /// <summary>Whether this pattern has that media type.</summary>
    /// <param name="mediaType">Type and subtype in lower case.</param>
    public bool Matches(string mediaType) =>
        isAnySubtype ? mediaType.StartsWith(text[..^1], StringComparison.Ordinal) : mediaType == text;

    /// <summary>The pattern, in lower case.</summary>
    public override string ToString() => text;

    private static bool IsToken(string word) => word.All(static c => c is > ' ' and <= '~' && !"()<>@,;:\\\"/[]?=*".Contains(c, StringComparison.Ordinal));
}
