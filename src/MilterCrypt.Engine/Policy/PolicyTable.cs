using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>What one configuration wants for whom. For each recipient the first rule that matches has the last word on what
/// it says; what it leaves open, the cascade says, from the address to the defaults. Where neither says anything the mail
/// is left alone, as if the filter were not there.</summary>
/// <param name="rules">The rules, in their order.</param>
/// <param name="cascade">What stands under <c>policy:</c>; null for nothing.</param>
/// <param name="directions">Says which way mail goes; null where nobody can.</param>
public sealed class PolicyTable(IReadOnlyList<Rule> rules, PolicyCascade? cascade = null, DirectionDecider? directions = null)
{
    private readonly PolicyCascade cascade = cascade ?? PolicyCascade.Empty;
    private readonly DirectionDecider directions = directions ?? DirectionDecider.None;
    private readonly IReadOnlyList<PolicyEntry> ruleEntries = [.. rules.Select(static rule => new PolicyEntry(rule.Name, rule.Line, rule.Choices))];

    /// <summary>The rules, in their order.</summary>
    public IReadOnlyList<Rule> Rules { get; } = rules;

    /// <summary>Until when all mail goes as it came, in place of all that is said here; null where nobody said so.</summary>
    public EmergencyBypass? Bypass { get; init; }

    /// <summary>What of a recipient's local part is a tag: what is said of the address without it is said of the one with it, where nothing
    /// more special is.</summary>
    public AddressTags Tags { get; init; } = AddressTags.Usual;

    /// <summary>Whether anything asks for encryption, of whomever.</summary>
    public bool AsksForEncryption { get; } = ChoicesOf(rules, cascade).Any(Encrypts);

    /// <summary>Whether anything may have mail encrypted: not where policy is only being tried, or asks for nothing.</summary>
    public bool EnforcesEncryption { get; } = ChoicesOf(rules, cascade).Any(choices => Encrypts(choices)
        // Where one entry says what is done, another may say that it really is.
        && ((choices.Mode ?? cascade?.Mode) != EnforcementMode.Report || ChoicesOf(rules, cascade).Any(static other => other.Mode == EnforcementMode.Enforce)));

    /// <summary>Whether anything asks that mail is opened, of whomever.</summary>
    public bool AsksForDecryption { get; } = ChoicesOf(rules, cascade).Any(choices => choices.Decrypt is DecryptMode.WhenPossible);

    /// <summary>Whether a recipient is here: <c>local-domains</c>.</summary>
    public bool IsLocal(MailAddress recipient) => directions.IsLocal(recipient);

    /// <summary>Whether somebody here sends a message.</summary>
    public bool IsOurs(Envelope envelope) => directions.IsOurs(envelope);

    /// <summary>What this recipient of this message gets, as far as the message is known.</summary>
    /// <param name="mail">What is known of the message.</param>
    /// <param name="recipient">The recipient.</param>
    /// <param name="isEnforced">Whether all is enforced, also what <c>mode: report</c> has only told.</param>
    public PolicyAnswer Decide(MailFacts mail, MailAddress recipient, bool isEnforced = false)
    {
        var untagged = Tags.Without(recipient);
        var possible = new PossibleDecisions(isOpen: mail.Envelope.IdentityIsOpen, isEnforced);
        foreach (var direction in directions.Possible(mail.Envelope, recipient))
        {
            if (!TryAddPossible(mail, recipient, untagged, direction, possible))
                return new PolicyAnswer.UnreadableSender();
        }
        return possible.Answer();
    }

    /// <summary>Adds what is wanted if the message goes that way; returns false where that hangs on an unreadable sender.</summary>
    private bool TryAddPossible(MailFacts mail, MailAddress recipient, MailAddress? untagged, MailDirection? direction, PossibleDecisions possible)
    {
        IReadOnlyList<PolicyEntry> general = [.. cascade.Of(recipient, untagged, direction)];
        for (int i = 0; i < Rules.Count; i++)
        {
            var rule = Rules[i];
            var matching = rule.Match.Matches(mail, recipient, direction, out bool hangsOnSender, untagged);
            if (hangsOnSender)
                return false;
            if (matching == Matching.No)
                continue;
            possible.Add(
                PolicyDecision.Of([ruleEntries[i], .. general]) with { TriggersToRemove = rule.RemovesTriggers ? rule.Match.Triggers : [], Direction = direction },
                matching);
            if (matching == Matching.Yes)
                return true;
        }
        possible.Add(PolicyDecision.Of(general) with { Direction = direction }, Matching.Yes);
        return true;
    }

    private static bool Encrypts(PolicyChoices choices) => choices.Encrypt is EncryptMode.WhenPossible or EncryptMode.Always;

    private static IEnumerable<PolicyChoices> ChoicesOf(IReadOnlyList<Rule> rules, PolicyCascade? cascade) =>
        rules.Select(static rule => rule.Choices).Concat((cascade ?? PolicyCascade.Empty).Entries.Select(static entry => entry.Choices));
}
