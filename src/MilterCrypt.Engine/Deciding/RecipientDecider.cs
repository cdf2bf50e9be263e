using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine.Deciding;

/// <summary>Decides about the recipients of one message, each by himself: the rule, the key, the form. Owned by its message,
/// whose recipients are all judged at the one time at which it began.</summary>
/// <param name="policy">What is wanted for whom.</param>
/// <param name="keys">Finds their keys.</param>
/// <param name="at">When the message began.</param>
/// <param name="envelope">Who sends it.</param>
/// <param name="exemption">Why it goes as it came, whatever policy wants; null where it doesn't.</param>
/// <param name="isRelease">Whether it was held: policy that is only tried by now must not have it leave in clear.</param>
internal sealed class RecipientDecider(
    PolicyTable policy, KeyFinder keys, DateTimeOffset at, Envelope envelope, string? exemption, bool isRelease)
{
    /// <summary>Who sends the message, as far as is known.</summary>
    internal Envelope Envelope { get; private set; } = envelope;

    /// <summary>Whether somebody here sends it.</summary>
    internal bool IsOurs => policy.IsOurs(Envelope);

    /// <summary>More is known of who sends it.</summary>
    internal void Learn(Envelope known) => Envelope = known;

    /// <summary>Whether any rule asks that mail is opened, of whomever.</summary>
    internal bool OpensMail => policy.AsksForDecryption;

    /// <summary>When the message began.</summary>
    internal DateTimeOffset At => at;

    /// <param name="recipient">As the MTA told of him.</param>
    /// <param name="mail">What is known of the message.</param>
    internal RecipientOutcome Decide(EnvelopeRecipient recipient, MailFacts mail)
    {
        var outcome = Judge(recipient.Address, mail) switch
        {
            RecipientOutcome.Accepted accepted => accepted with
            {
                Envelope = recipient,
                Readdressed = ReadersInPlaceOf(accepted),
            },
            RecipientOutcome.Pending pending => pending with { Envelope = recipient },
            RecipientOutcome.Refused refused => refused with { Envelope = recipient },
            var other => other,
        };
        // Of local submission no MTA tells where it will route `bob%partner.example@here`: rules for that domain can't see it.
        if (!Envelope.CanRefuseRecipients && exemption is null
            && outcome is RecipientOutcome.Accepted { Form: MessageForm.Clear, Address.MayBeRoutedOn: true } disguised)
        {
            outcome = Unseen(disguised, RecipientOutcome.Refused.Of(disguised, RefusalWording.MayBeRoutedOn(disguised.Address), "may be routed to another domain"));
        }
        return Possible(outcome);
    }

    /// <summary>A refusal as it can be said: to this recipient alone, or with the whole message.</summary>
    internal RecipientOutcome Possible(RecipientOutcome outcome) =>
        outcome is RecipientOutcome.Refused refusal && !Envelope.CanRefuseRecipients
            ? new RecipientOutcome.RefusedWithMessage(refusal)
            : outcome;

    private RecipientOutcome Judge(string text, MailFacts mail)
    {
        bool isReadable = MailAddress.TryParse(text, out var address, out string? fault);
        address ??= MailAddress.Unreadable(text);
        if (exemption is not null)
            return AsItCame(address, PolicyDecision.Of([new PolicyEntry(exemption, 0, new PolicyChoices { Encrypt = EncryptMode.Never })]), null);
        if (!isReadable)
            return Unseen(address, new RecipientOutcome.Refused(RefusalWording.BadRecipient(fault!), null, $"recipient is no address: {fault}"));

        return policy.Decide(mail, address, isEnforced: isRelease) switch
        {
            PolicyAnswer.Decided decided => Follow(decided.Decision, address),
            PolicyAnswer.Open open => FollowAny(open.Possible, address),
            // Mail from a sender that can't be read is lost to its recipient only where his address could change something.
            _ => Unseen(address, new RecipientOutcome.Refused(RefusalWording.BadSender(), null, "sender is no address")),
        };
    }

    private static RecipientOutcome.Accepted AsItCame(MailAddress address, PolicyDecision decision, string? reason) =>
        new(address, decision, MessageForm.Clear, reason);

    private RecipientOutcome Unseen(MailAddress address, RecipientOutcome.Refused refusal) =>
        Unseen(AsItCame(address, PolicyDecision.NoRule with { Mode = policy.AsksForEncryption ? EnforcementMode.Report : EnforcementMode.Enforce }, refusal.Reason), refusal);

    /// <summary>Whom rules can't see. He is refused where one that asks for encryption may be meant for him; where policy is only
    /// being tried that is foreseen.</summary>
    private RecipientOutcome Unseen(RecipientOutcome.Accepted unencrypted, RecipientOutcome.Refused refusal) =>
        policy.EnforcesEncryption || (isRelease && policy.AsksForEncryption) ? refusal
        : policy.AsksForEncryption && unencrypted.WouldBeAsItCame ? unencrypted with { WouldBe = Forecast.Of(refusal) }
        : unencrypted;

    private IReadOnlyList<MailAddress> ReadersInPlaceOf(RecipientOutcome.Accepted recipient) =>
        exemption is null && recipient.Decision.Mode == EnforcementMode.Enforce && keys.AliasOf(recipient.Address) is { Readdresses: true } alias
            ? alias.Readers
            : [];

    /// <summary>Refused at once where nothing that is still to come could help.</summary>
    private RecipientOutcome FollowAny(IReadOnlyList<PolicyDecision> possible, MailAddress address)
    {
        var outcomes = possible.Select(decision => Follow(decision, address)).ToList();
        if (outcomes.All(outcome => outcome is RecipientOutcome.Refused))
            return outcomes.FirstOrDefault(outcome => outcome is RecipientOutcome.Refused { Refusal.IsTemporary: true }) ?? outcomes[^1];
        return new RecipientOutcome.Pending(address, possible);
    }

    private RecipientOutcome Follow(PolicyDecision decision, MailAddress address)
    {
        IReadOnlyList<KeyFinding> found = decision.Encrypt == EncryptMode.Never ? [] : keys.FindAll(address, at);
        var outcome = Enforce(decision, address, found);
        if (outcome is RecipientOutcome.Refused or RecipientOutcome.Accepted { Form: MessageForm.Held } && MustBeReachable(address))
            outcome = new RecipientOutcome.Accepted(address, decision, MessageForm.Clear, "whoever runs this site must be reachable") { Found = found };
        if (decision.Mode == EnforcementMode.Enforce)
            return outcome;
        return AsItCame(address, decision, "mode: report") with { WouldBe = Forecast.Of(outcome), Found = found };
    }

    // RFC 5321 §4.5.1, RFC 2142 §4. Elsewhere it is somebody else's mailbox, and mail to it leaves this site.
    private bool MustBeReachable(MailAddress address) =>
        (AsciiCase.Equals(address.LocalPart, "postmaster") && address.Domain.Length == 0)
        || ((AsciiCase.Equals(address.LocalPart, "postmaster") || AsciiCase.Equals(address.LocalPart, "abuse")) && policy.IsLocal(address));

    private RecipientOutcome Enforce(PolicyDecision decision, MailAddress address, IReadOnlyList<KeyFinding> found)
    {
        if (decision.Encrypt == EncryptMode.Never)
            return new RecipientOutcome.Accepted(address, decision, MessageForm.Clear, null);

        if (found.FirstOrDefault(one => !Suffices(one.Answer, decision)) is not { Answer: var missing })
            return Encrypt(decision, address, found);

        string reason = missing switch
        {
            KeyAnswer.Usable unverified => $"key not verified: {unverified.Certificate}",
            KeyAnswer.Unusable unusable => $"key unusable: {unusable.Reason}",
            _ => "no key",
        };
        if (decision.Encrypt == EncryptMode.WhenPossible || decision.WithoutKey == WithoutKey.Clear)
            return new RecipientOutcome.Accepted(address, decision, MessageForm.Clear, reason) { Found = found };

        // A refusal for good of mail that nobody is told about would make it vanish.
        if (Envelope.HasNullSender && decision.ReportsWithoutKey == ReportsWithoutKey.HeadersOnly)
            return new RecipientOutcome.Accepted(address, decision, MessageForm.HeadersOnly, reason) { Found = found };
        if (decision.WithoutKey == WithoutKey.Hold && !Envelope.HasNullSender)
            return Hold(decision, address, found, reason);
        bool forGood = decision.WithoutKey == WithoutKey.Reject && !Envelope.HasNullSender;
        return new RecipientOutcome.Refused(RefusalWording.NoKey(address, missing, forGood), decision.RuleName, reason) { Decision = decision, Found = found };
    }

    // Where it would leave in clear otherwise a key that nobody has verified is better than none.
    private static bool Suffices(KeyAnswer answer, PolicyDecision decision) =>
        answer is KeyAnswer.Usable usable && (usable.Trust >= decision.MinimumTrust || decision.Encrypt != EncryptMode.Always || decision.WithoutKey == WithoutKey.Clear);

    private RecipientOutcome Encrypt(PolicyDecision decision, MailAddress address, IReadOnlyList<KeyFinding> found) =>
        WithEscrow(new RecipientOutcome.Accepted(address, decision, MessageForm.OpenPgp, null) { Keys = Usable(found), Found = found });

    private RecipientOutcome Hold(PolicyDecision decision, MailAddress address, IReadOnlyList<KeyFinding> found, string reason) => decision.Escrow.Count > 0
        ? WithEscrow(new RecipientOutcome.Accepted(address, decision, MessageForm.Held, reason) { Found = found })
        : new RecipientOutcome.Refused(RefusalWording.NoEscrow(address), decision.RuleName, $"{reason}, and no escrow address to hold it for")
        {
            Decision = decision,
            Found = found,
        };

    /// <summary>With the keys that policy has it encrypted to as well; refused where one of them is missing.</summary>
    private RecipientOutcome WithEscrow(RecipientOutcome.Accepted accepted)
    {
        IReadOnlyList<KeyFinding> escrow = [.. accepted.Decision.Escrow.Select(holder => keys.Find(holder, at))];
        RecipientOutcome outcome = accepted with { Escrow = Usable(escrow.Where(static one => one.Answer is KeyAnswer.Usable)), FoundEscrow = escrow };
        if (escrow.FirstOrDefault(static one => one.Answer is not KeyAnswer.Usable) is { } missing)
        {
            outcome = new RecipientOutcome.Refused(
                RefusalWording.NoEscrow(accepted.Address), accepted.Decision.RuleName, $"no usable key of the escrow address {missing.Reader}")
            {
                Decision = accepted.Decision,
                Found = accepted.Found,
                FoundEscrow = escrow,
            };
        }
        return outcome;
    }

    private static IReadOnlyList<KeyAnswer.Usable> Usable(IEnumerable<KeyFinding> found) => [.. found.Select(static one => one.Answer).Cast<KeyAnswer.Usable>()];
}
