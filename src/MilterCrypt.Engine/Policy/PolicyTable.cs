using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>The rules of one configuration, in their order: for each recipient the first that matches decides. Where
/// none matches the mail is left alone, as if the filter were not there; <c>miltercrypt check</c> warns of a table
/// whose last rule is not for everything.</summary>
public sealed class PolicyTable(IReadOnlyList<Rule> rules)
{
    /// <summary>The rules, in their order.</summary>
    public IReadOnlyList<Rule> Rules { get; } = rules;

    /// <summary>Whether any rule asks for encryption, of whomever.</summary>
    public bool AsksForEncryption { get; } = rules.Any(rule => rule.Encrypt != EncryptMode.Never);

    /// <summary>Whether any rule asks that mail is opened, of whomever.</summary>
    public bool AsksForDecryption { get; } = rules.Any(rule => rule.Decrypt != DecryptMode.Never);

    /// <summary>What this recipient of this message gets; null where that hangs on the sender's address and it can't be
    /// read.</summary>
    public PolicyDecision? Decide(Envelope envelope, MailAddress recipient)
    {
        foreach (var rule in Rules)
        {
            if (rule.Match.HangsOnUnreadableSender(envelope, recipient))
                return null;
            if (rule.Match.Matches(envelope, recipient))
                return new PolicyDecision(rule.Name, rule.Encrypt, rule.WithoutKey) { Sign = rule.Sign, Decrypt = rule.Decrypt };
        }
        return PolicyDecision.NoRule;
    }
}
