using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine;

/// <summary>What was decided when a message's header was known.</summary>
public abstract record HeaderOutcome
{
    private HeaderOutcome() { }

    /// <summary>The message goes on as it came; its body need not be read.</summary>
    /// <param name="Reason">Why, for the log.</param>
    public sealed record Unchanged(string Reason) : HeaderOutcome
    {
        /// <summary>What is changed of the header all the same; mostly nothing.</summary>
        public IReadOnlyList<HeaderChange> Header { get; init; } = [];
    }

    /// <summary>The body is to be handed to <see cref="FilteredMessage.ReadBodyAsync"/>.</summary>
    public sealed record BodyWanted : HeaderOutcome;

    /// <summary>The message is refused for all of its recipients.</summary>
    /// <param name="Refusal">What the sender is told.</param>
    /// <param name="Reason">Why, in a few words; for the log.</param>
    public sealed record Refused(SmtpRefusal Refusal, string Reason) : HeaderOutcome;
}
