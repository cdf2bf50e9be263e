using MilterCrypt.Cases.Language;

namespace MilterCrypt.Cases.Daemon;

/// <summary>What happens, once, where parts of a message are handed back.</summary>
public abstract record ListenerRule(Place Place)
{
    /// <summary>Nobody listens there while the case lasts.</summary>
    public sealed record Away(Place Place) : ListenerRule(Place);

    /// <summary>A refusal in the mail server's place.</summary>
    /// <param name="Place">Where that stands.</param>
    /// <param name="Step">MAIL, RCPT, DATA, or END for the end of a message.</param>
    /// <param name="Recipient">Of whom: at RCPT; else null.</param>
    /// <param name="Nth">Which of these steps, counted across parts.</param>
    /// <param name="Reply">Code, status and text.</param>
    public sealed record Refuse(Place Place, string Step, string? Recipient, int Nth, string Reply) : ListenerRule(Place);
}
