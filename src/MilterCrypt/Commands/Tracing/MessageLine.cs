namespace MilterCrypt.Commands.Tracing;

/// <summary>What one line of the log says of a message.</summary>
/// <param name="Id">What the mail server calls the message, or the session in which it was refused.</param>
/// <param name="Sender">The envelope sender; empty for the null sender.</param>
/// <param name="Recipients">Those of the recipients that it names.</param>
/// <param name="Outcome">What came of it; one of <see cref="MessageLineReader"/>'s words.</param>
internal sealed record MessageLine(string Id, string Sender, IReadOnlyList<string> Recipients, string Outcome)
{
    /// <summary>The word for lines that say what would be, were it not for `mode: report`.</summary>
    public const string Foreseen = "would-be";

    /// <summary>When it was written; null where the line doesn't tell.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>How many recipients it is about and does not name.</summary>
    public int Unnamed { get; init; }

    /// <summary>The rules that decided; null where it doesn't tell.</summary>
    public string? Rule { get; init; }

    /// <summary>What else it says, by the names in it.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>One of these; null where it doesn't say it, or says none.</summary>
    public string? this[string fact] => Facts.TryGetValue(fact, out string? value) && value is not ("none" or "unknown") ? value : null;
}
