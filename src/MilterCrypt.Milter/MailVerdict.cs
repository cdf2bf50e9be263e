namespace MilterCrypt.Milter;

/// <summary>The answer at end of message.</summary>
public abstract record MailVerdict
{
    private MailVerdict() { }

    /// <summary>The message goes on, byte for byte as it came.</summary>
    public static MailVerdict Unchanged { get; } = new LeftUnchanged();

    /// <summary>The message goes on, byte for byte as it came.</summary>
    public sealed record LeftUnchanged : MailVerdict;

    /// <summary>The message goes on with these changes.</summary>
    public sealed record Changed(MessageChanges Changes) : MailVerdict;

    /// <summary>The whole message is refused; the reply is 4xx or 5xx.</summary>
    public sealed record Refused(SmtpReply Reply) : MailVerdict;

    /// <summary>The MTA says it took the message, and drops it: only for a message that went another way.</summary>
    public sealed record Discarded : MailVerdict;

    /// <summary>The MTA keeps the message in its hold queue, as it came.</summary>
    /// <param name="Reason">One line, shown to the administrator.</param>
    public sealed record Quarantined(string Reason) : MailVerdict;
}
