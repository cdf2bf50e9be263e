using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>The rules of one configuration, in their order: for each recipient the first that matches decides. Where
/// none matches the mail is left alone, as if the filter were not there; <c>miltercrypt check</c> warns of a table
/// whose last rule is not for everything.</summary>
public sealed class PolicyTable(IReadOnlyList<Rule> rules)
{
    /// <summary>The rules, in their order.</summary>
    public IReadOnlyList<Rule> Rules { get; } = rules;

    /// <summary>Whether anything asks for encryption, of whomever.</summary>
    public bool AsksForEncryption { get; } = rules.Any(rule => rule.Choices.Encrypt is EncryptMode.WhenPossible or EncryptMode.Always);

    /// <summary>Whether anything asks that mail is opened, of whomever.</summary>
    public bool AsksForDecryption { get; } = rules.Any(rule => rule.Choices.Decrypt is DecryptMode.WhenPossible);

    /// <summary>What this recipient of this message gets, as far as the message is known.</summary>
    public PolicyAnswer Decide(MailFacts mail, MailAddress recipient)
    {
        var possible = new List<PolicyDecision>();
        foreach (var rule in Rules)
        {
            if (rule.Match.HangsOnUnreadableSender(mail, recipient))
                return new PolicyAnswer.UnreadableSender();
            var matching = rule.Match.Matches(mail, recipient);
            if (matching == Matching.No)
                continue;
            possible.Add(PolicyDecision.Of(rule.Name, rule.Choices));
            if (matching == Matching.Yes)
                return Answer(possible);
        }
        return Answer([.. possible, PolicyDecision.NoRule]);
    }

    private static PolicyAnswer Answer(List<PolicyDecision> possible) =>
        possible is [var sole] ? new PolicyAnswer.Decided(sole) : new PolicyAnswer.Open(possible);
}
