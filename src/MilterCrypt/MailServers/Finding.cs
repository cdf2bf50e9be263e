namespace MilterCrypt.MailServers;

/// <summary>One thing that `check` has to say.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="Text">A sentence: where it stands, what is there, what comes of it, and what to write instead.</param>
internal sealed record Finding(FindingLevel Level, string Text)
{
    /// <summary>Mail leaves unprotected, or none passes.</summary>
    public static Finding Error(string text) => new(FindingLevel.Error, text);

    /// <summary>Some mail is refused, late, or passes by the filter.</summary>
    public static Finding Warning(string text) => new(FindingLevel.Warning, text);

    /// <summary>Worth knowing; nothing need be changed.</summary>
    public static Finding Note(string text) => new(FindingLevel.Note, text);
}

/// <summary>How bad a <see cref="Finding"/> is, the worst first.</summary>
internal enum FindingLevel
{
    /// <summary>Mail leaves unprotected, or none passes.</summary>
    Error,

    /// <summary>Some mail is refused, late, or passes by the filter.</summary>
    Warning,

    /// <summary>Worth knowing; nothing need be changed.</summary>
    Note,
}
