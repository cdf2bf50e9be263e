using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>What policy wants for one recipient.</summary>
/// <param name="RuleName">What decided, for the log: the most special entry that says anything.</param>
public sealed record PolicyDecision(string RuleName)
{
    /// <summary>The decision where nothing is said: mail is left alone, as if the filter were not there.</summary>
    public static PolicyDecision NoRule { get; } = new("no rule");

    /// <summary>Whether it is encrypted.</summary>
    public EncryptMode Encrypt { get; init; } = EncryptMode.Never;

    /// <summary>What happens under <see cref="EncryptMode.Always"/> where there is no usable key.</summary>
    public WithoutKey WithoutKey { get; init; } = WithoutKey.Reject;

    /// <summary>The same for mail from the null sender.</summary>
    public ReportsWithoutKey ReportsWithoutKey { get; init; } = ReportsWithoutKey.HeadersOnly;

    /// <summary>Whether what is encrypted is signed.</summary>
    public SignMode Sign { get; init; } = SignMode.Never;

    /// <summary>Whether what is encrypted to the recipient is opened for him.</summary>
    public DecryptMode Decrypt { get; init; } = DecryptMode.Never;

    /// <summary>What happens where others need another form.</summary>
    public MixedMode Mixed { get; init; } = MixedMode.Split;

    /// <summary>How the recipient gets it where the header doesn't name him.</summary>
    public BccMode Bcc { get; init; } = BccMode.Separate;

    /// <summary>Whose keys it is encrypted to as well.</summary>
    public IReadOnlyList<MailAddress> Escrow { get; init; } = [];

    /// <summary>Whether all this is done, or only said.</summary>
    public EnforcementMode Mode { get; init; } = EnforcementMode.Enforce;

    /// <summary>How sure it must be under <see cref="EncryptMode.Always"/> that a key is its recipient's; what would leave in clear
    /// otherwise takes what there is.</summary>
    public KeyTrust MinimumTrust { get; init; } = KeyTrust.Imported;

    /// <summary>What kind of key it is encrypted with.</summary>
    public FormMode Form { get; init; } = FormMode.Either;

    /// <summary>Which way the message goes; null where that is not known, or makes no difference.</summary>
    public MailDirection? Direction { get; init; }

    /// <summary>What a rule has to have taken out of the header where it decides.</summary>
    public IReadOnlyList<Trigger> TriggersToRemove { get; init; } = [];

    /// <summary>The entries that were asked, the most special first: what one of them says, it decides.</summary>
    public IReadOnlyList<PolicyEntry> Entries { get; init; } = [];

    /// <summary>How much all this demands.</summary>
    public EncryptionDemand Demand =>
        Encrypt == EncryptMode.Never || Mode == EnforcementMode.Report ? EncryptionDemand.Nothing
        : Encrypt == EncryptMode.WhenPossible || WithoutKey == WithoutKey.Clear ? EncryptionDemand.WhereThereIsAKey
        : MinimumTrust == KeyTrust.Verified ? EncryptionDemand.EncryptionToAVerifiedKey
        : EncryptionDemand.Encryption;

    /// <summary>What of it is done: all, or nothing where it is only said.</summary>
    internal PolicyDecision InForce => Mode == EnforcementMode.Enforce ? this : NoRule;

    /// <summary>Which entry each choice comes from, by its key in the configuration; what is missing is the default.</summary>
    public IReadOnlyDictionary<string, PolicyEntry> Origins()
    {
        var origins = new Dictionary<string, PolicyEntry>();
        foreach (var entry in Entries)
        {
            foreach (string key in entry.Choices.Keys)
                origins.TryAdd(key, entry);
        }
        return origins;
    }

    /// <summary>What follows from entries.</summary>
    /// <param name="entries">The entries that are for a recipient, the most special first.</param>
    public static PolicyDecision Of(IReadOnlyList<PolicyEntry> entries)
    {
        if (entries.Count == 0)
            return NoRule;
        var choices = entries.Aggregate(PolicyChoices.None, static (special, entry) => special.Or(entry.Choices));
        return Of(entries[0].Name, choices) with { Entries = entries };
    }

    /// <summary>What follows from choices; what they leave open is the default.</summary>
    public static PolicyDecision Of(string ruleName, PolicyChoices choices)
    {
        var silent = new PolicyDecision(ruleName);
        return silent with
        {
            Encrypt = choices.Encrypt ?? silent.Encrypt,
            WithoutKey = choices.WithoutKey ?? silent.WithoutKey,
            ReportsWithoutKey = choices.ReportsWithoutKey ?? silent.ReportsWithoutKey,
            Sign = choices.Sign ?? silent.Sign,
            Decrypt = choices.Decrypt ?? silent.Decrypt,
            Mixed = choices.Mixed ?? silent.Mixed,
            Bcc = choices.Bcc ?? silent.Bcc,
            Escrow = choices.Escrow ?? silent.Escrow,
            MinimumTrust = choices.MinimumTrust ?? silent.MinimumTrust,
            Form = choices.Form ?? silent.Form,
            Mode = choices.Mode ?? silent.Mode,
        };
    }
}
