namespace MilterCrypt.Milter;

/// <summary>The answer to one RCPT TO.</summary>
public abstract record RecipientReply
{
    private RecipientReply() { }

    /// <summary>The recipient may have the message.</summary>
    public static RecipientReply Accept { get; } = new Accepted();

    /// <summary>The recipient may have the message.</summary>
    public sealed record Accepted : RecipientReply;

    /// <summary>This recipient alone is refused; the reply is 4xx or 5xx.</summary>
    public sealed record Refused(SmtpReply Reply) : RecipientReply;
}
