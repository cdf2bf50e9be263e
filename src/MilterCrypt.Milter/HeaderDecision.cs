namespace MilterCrypt.Milter;

/// <summary>The answer at the end of the header.</summary>
public abstract record HeaderDecision
{
    private HeaderDecision() { }

    /// <summary>The message goes on as it came; its body is not sent here.</summary>
    public static HeaderDecision Unchanged { get; } = new LeftUnchanged();

    /// <summary>The filter wants to read the body.</summary>
    public static HeaderDecision ReadBody { get; } = new BodyWanted();

    /// <summary>The message goes on as it came; its body is not sent here.</summary>
    public sealed record LeftUnchanged : HeaderDecision;

    /// <summary>The filter wants to read the body.</summary>
    public sealed record BodyWanted : HeaderDecision;

    /// <summary>The whole message is refused now; the reply is 4xx or 5xx.</summary>
    public sealed record Refused(SmtpReply Reply) : HeaderDecision;
}
