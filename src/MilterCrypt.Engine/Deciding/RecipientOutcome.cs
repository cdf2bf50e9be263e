using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine.Deciding;

/// <summary>What was decided about one recipient.</summary>
public abstract record RecipientOutcome
{
    private RecipientOutcome() { }

    /// <summary>The recipient may have the message, in this form.</summary>
    /// <param name="Address">Whom.</param>
    /// <param name="Decision">What policy wanted.</param>
    /// <param name="Form">The form that follows from it.</param>
    /// <param name="Reason">Why that form where policy alone doesn't say it, such as "no key"; for the log.</param>
    public sealed record Accepted(MailAddress Address, PolicyDecision Decision, MessageForm Form, string? Reason) : RecipientOutcome
    {
        /// <summary>What would have become of it if <see cref="EnforcementMode.Report"/> were not; else null.</summary>
        public Forecast? WouldBe { get; init; }

        /// <summary>Whether he would get it as it came if <see cref="EnforcementMode.Report"/> were not.</summary>
        internal bool WouldBeAsItCame => WouldBe?.IsUnchanged ?? Form == MessageForm.Clear;

        /// <summary>The recipient as the MTA told of him.</summary>
        public EnvelopeRecipient Envelope { get; init; } = new(Address.ToString());

        /// <summary>Who gets the message in his place; nobody for himself.</summary>
        public IReadOnlyList<MailAddress> Readdressed { get; init; } = [];

        /// <summary>To whom the message really goes: to him, or to those who get it in his place, each told to be so (RFC 3461
        /// §4.2).</summary>
        internal IReadOnlyList<EnvelopeRecipient> FinalRecipients =>
            Readdressed.Count == 0 ? [Envelope] : [.. Readdressed.Select(reader => Envelope.InPlaceOf(reader))];

        /// <summary>The keys that the message is encrypted to for him: his own, or those of who reads his mail; none where it
        /// isn't encrypted.</summary>
        internal IReadOnlyList<KeyAnswer.Usable> Keys { get; init; } = [];

        /// <summary>The keys that policy has it encrypted to as well.</summary>
        internal IReadOnlyList<KeyAnswer.Usable> Escrow { get; init; } = [];

        /// <summary>What is known of his keys, or of those of who reads his mail, one for each; nothing where they were not asked for.</summary>
        public IReadOnlyList<KeyFinding> Found { get; init; } = [];

        /// <summary>The same of the keys that policy has it encrypted to as well.</summary>
        public IReadOnlyList<KeyFinding> FoundEscrow { get; init; } = [];

        /// <summary>All of these keys.</summary>
        internal IEnumerable<KeyAnswer.Usable> AllKeys => Keys.Concat(Escrow);

        /// <summary>What others must need, too, to get the same bytes.</summary>
        internal FormNeeds Needs => new(Form, string.Join(' ', Escrow.Select(static key => key.Certificate.ToString()).Order(StringComparer.Ordinal)));

        /// <summary>Whether a header that names these names him.</summary>
        internal bool IsIn(IReadOnlySet<MailAddress> named) =>
            named.Contains(Address) || (MailAddress.TryParse(Envelope.Given, out var given) && named.Contains(given));
    }

    /// <summary>It hangs on the message's header, or on its length, what the recipient gets: he is let pass for now, and
    /// decided about by <see cref="FilteredMessage.ReadHeader"/> or later.</summary>
    /// <param name="Address">Whom.</param>
    /// <param name="Possible">What policy may want, two or more.</param>
    public sealed record Pending(MailAddress Address, IReadOnlyList<PolicyDecision> Possible) : RecipientOutcome
    {
        /// <summary>The recipient as the MTA told of him.</summary>
        public EnvelopeRecipient Envelope { get; init; } = new(Address.ToString());
    }

    /// <summary>This recipient alone is refused.</summary>
    /// <param name="Refusal">What the sender is told.</param>
    /// <param name="RuleName">The rule that led to it, or null where none was asked; for the log.</param>
    /// <param name="Reason">Why, in a few words, such as "key expired 2025-03-01"; for the log.</param>
    public sealed record Refused(SmtpRefusal Refusal, string? RuleName, string Reason) : RecipientOutcome
    {
        /// <summary>The recipient as the MTA told of him; null where he is refused with others.</summary>
        public EnvelopeRecipient? Envelope { get; init; }

        /// <summary>What policy wanted; null where it was not asked.</summary>
        public PolicyDecision? Decision { get; init; }

        /// <summary>What is known of his keys, or of those of who reads his mail; nothing where they were not asked for.</summary>
        public IReadOnlyList<KeyFinding> Found { get; init; } = [];

        /// <summary>The same of the keys that policy has it encrypted to as well.</summary>
        public IReadOnlyList<KeyFinding> FoundEscrow { get; init; } = [];

        /// <summary>A refusal of one who would have got it but for something.</summary>
        internal static Refused Of(Accepted recipient, SmtpRefusal refusal, string reason) => new(refusal, recipient.Decision.RuleName, reason)
        {
            Envelope = recipient.Envelope,
            Decision = recipient.Decision,
            Found = recipient.Found,
            FoundEscrow = recipient.FoundEscrow,
        };
    }

    /// <summary>This recipient can't have the message, yet can't be refused by itself (local submission): it is let
    /// pass here, and <see cref="FilteredMessage.ReadHeader"/> refuses the whole message.</summary>
    /// <param name="Refusal">What this recipient would have been refused with.</param>
    public sealed record RefusedWithMessage(Refused Refusal) : RecipientOutcome;
}
