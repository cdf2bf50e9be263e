using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Commands.Explaining;

/// <summary>Puts what policy decided in the words of the configuration.</summary>
internal static class RuleNotes
{
    /// <summary>What decides, and where each of its choices comes from.</summary>
    public static RuleNote Of(PolicyDecision decision)
    {
        var origins = decision.Origins();
        return new RuleNote(decision.RuleName, decision.Entries.Count > 0 ? decision.Entries[0].Line : 0,
        [
            .. from choice in Choices(decision)
               let origin = origins.GetValueOrDefault(choice.Key)
               select new ChoiceNote(choice.Key, choice.Value, origin?.Name, origin?.Line ?? 0),
        ]);
    }

    /// <summary>One word for which way a message goes; null where that is not known.</summary>
    public static string? Word(MailDirection? direction) => direction switch
    {
        MailDirection.Outbound => "outbound",
        MailDirection.Inbound => "inbound",
        MailDirection.Internal => "internal",
        _ => null,
    };

    private static IEnumerable<(string Key, string Value)> Choices(PolicyDecision decision) =>
    [
        ("encrypt", decision.Encrypt switch { EncryptMode.Always => "always", EncryptMode.WhenPossible => "when-possible", _ => "never" }),
        ("without-key", decision.WithoutKey switch { WithoutKey.Reject => "reject", WithoutKey.Defer => "defer", WithoutKey.Hold => "hold", _ => "clear" }),
        ("reports-without-key", decision.ReportsWithoutKey switch { ReportsWithoutKey.Defer => "defer", _ => "headers-only" }),
        ("sign", decision.Sign switch { SignMode.Always => "always", SignMode.WhenPossible => "when-possible", _ => "never" }),
        ("decrypt", decision.Decrypt switch { DecryptMode.WhenPossible => "when-possible", _ => "never" }),
        ("minimum-trust", KeyWords.Trust(decision.MinimumTrust)),
        ("form", decision.Form switch { FormMode.OpenPgp => "openpgp", _ => "either" }),
        ("mixed", decision.Mixed switch { MixedMode.Split => "split", _ => "separate" }),
        ("bcc", decision.Bcc switch { BccMode.Separate => "separate", BccMode.Anonymous => "anonymous", _ => "with-others" }),
        ("escrow", decision.Escrow.Count == 0 ? "none" : string.Join(", ", decision.Escrow)),
        ("mode", decision.Mode switch { EnforcementMode.Report => "report", _ => "enforce" }),
    ];
}
