namespace MilterCrypt.MailServers.Postfix;

/// <summary>A way by which mail, or a recipient of it, comes into the queue.</summary>
/// <param name="Name">What a drawing calls it: <c>submission (587)</c>.</param>
/// <param name="Passage">Who is asked there.</param>
/// <param name="Service">The service that takes it; null where there is none.</param>
internal sealed record Entrance(string Name, Passage Passage, PostfixService? Service)
{
    /// <summary>The parameter that makes it, where no service does.</summary>
    public string? Parameter { get; init; }
}

/// <summary>Who is asked at an <see cref="Entrance"/>.</summary>
internal enum Passage
{
    /// <summary>We are.</summary>
    Filtered,

    /// <summary>We are not.</summary>
    Around,

    /// <summary>We are not, for it is we who hand mail back there.</summary>
    HandedBack,

    /// <summary>We are not, but only this machine can send there: likely another filter that hands mail back.</summary>
    Loopback,
}
