using MilterCrypt.Cases.Language;

namespace MilterCrypt.Cases.Expectations;

/// <summary>One thing that the filter must have been told.</summary>
/// <param name="Place">Where that stands.</param>
/// <param name="On">On which mail servers.</param>
/// <param name="Kind">What it is about: MAIL, RCPT …</param>
/// <param name="Text">The rest, in the notation of <see cref="Escapes"/>; null where there must be nothing of the kind.</param>
public sealed record Told(Place Place, OnMta On, string Kind, string? Text)
{
    /// <summary>The kinds there are.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [
        "CONNECT", "HELO", "UNKNOWN", "SERVER", "LOCALLY", "USER", "MAIL", "PARAMETERS", "MACRO", "RCPT", "DATA", "FIELD", "HEADER", "BODY",
        "ANSWERED", "ABORTED",
    ];
}
