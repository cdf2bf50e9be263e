using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Bodies;

/// <summary>What was decided when the whole message was known.</summary>
public abstract record MessageOutcome
{
    private MessageOutcome() { }

    /// <summary>The message goes on, byte for byte as it came.</summary>
    /// <param name="Reason">Why, for the log, such as "already encrypted".</param>
    public sealed record Unchanged(string Reason) : MessageOutcome
    {
        /// <summary>What is changed of the header all the same; mostly nothing.</summary>
        public IReadOnlyList<HeaderChange> Header { get; init; } = [];
    }

    /// <summary>The message is refused, with all of its recipients but those who have it already.</summary>
    /// <param name="Refusal">What the sender is told.</param>
    /// <param name="Reason">Why, in a few words; for the log.</param>
    public sealed record Refused(SmtpRefusal Refusal, string Reason) : MessageOutcome
    {
        /// <summary>The forms of it that the MTA has all the same: what failed came behind them.</summary>
        public IReadOnlyList<HandedPart> Parts { get; init; } = [];

        /// <summary>Whether it is because all that messages may hold together is held.</summary>
        public bool IsForSpace { get; init; }

        internal static Refused NoRoom(string reason) => new(RefusalWording.Busy(), reason) { IsForSpace = true };
    }

    /// <summary>The message went on as others, one for each form that its recipients need: the MTA has them, and is to drop this
    /// one.</summary>
    /// <param name="Parts">Each of them.</param>
    public sealed record HandedOver(IReadOnlyList<HandedPart> Parts) : MessageOutcome;

    /// <summary>The message goes on in another form.</summary>
    /// <param name="Header">The changes of the header as it was handed to <see cref="FilteredMessage.ReadHeader"/>.</param>
    /// <param name="Body">The whole new body: 7-bit, lines of at most 76 characters, CRLF. It belongs to the message:
    /// to be read once, before that is disposed.</param>
    /// <param name="Facts">What was done, for the log.</param>
    public sealed record Rewritten(IReadOnlyList<HeaderChange> Header, Stream Body, ProtectionFacts Facts) : MessageOutcome;

    /// <summary>The message goes on as what was encrypted in it.</summary>
    /// <param name="Header">The changes of the header as it was handed to <see cref="FilteredMessage.ReadHeader"/>.</param>
    /// <param name="Body">The whole new body, of any bytes; its lines end in CRLF. It belongs to the message: to be read once,
    /// before that is disposed.</param>
    /// <param name="Facts">What was done, for the log.</param>
    public sealed record Opened(IReadOnlyList<HeaderChange> Header, Stream Body, OpeningFacts Facts) : MessageOutcome;
}
