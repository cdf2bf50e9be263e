namespace MilterCrypt.Milter;

/// <summary>The answer to CONNECT, HELO, MAIL, DATA or a command that the MTA does not know.</summary>
public abstract record StepReply
{
    private StepReply() { }

    /// <summary>The conversation goes on.</summary>
    public static StepReply Continue { get; } = new GoesOn();

    /// <summary>This filter has nothing to say any more: of the whole SMTP session at CONNECT and HELO, of the message at
    /// MAIL and DATA. Everything passes by it, as it came.</summary>
    public static StepReply Accept { get; } = new Accepted();

    /// <summary>At MAIL and DATA only: the MTA says it took the message, and drops it.</summary>
    public static StepReply Discard { get; } = new Discarded();

    /// <summary>The conversation goes on.</summary>
    public sealed record GoesOn : StepReply;

    /// <summary>This filter has nothing to say any more. No answer to an unknown command.</summary>
    public sealed record Accepted : StepReply;

    /// <summary>The MTA says it took the message, and drops it. An answer to MAIL and DATA only.</summary>
    public sealed record Discarded : StepReply;

    /// <summary>The command is refused, with 4xx or 5xx; at CONNECT and HELO every message of the session with it, at
    /// MAIL and DATA the message. Sendmail drops the words of a refusal at CONNECT and keeps its class only; a 421 makes
    /// it hang up.</summary>
    public sealed record Refused(SmtpReply Reply) : StepReply;
}
