using System.Text;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>A Subject is asked for a text, and loses it.</summary>
internal static class SubjectTarget
{
    private static readonly Trigger.InSubject Trigger = new("[secure]");
    private static readonly PolicyTable Table = new([new Rule("tagged", 0, new RuleMatch { Subjects = [Trigger] }, new PolicyChoices { Encrypt = EncryptMode.Always })]);
    private static readonly MailAddress Recipient = MailAddress.TryParse("bob@partner.example", out var address) ? address : throw new InvalidOperationException();

    public static string Run(ReadOnlySpan<byte> input)
    {
        // As the milter library hands a value over: a line feed is a fold's, and a blank follows it.
        var value = new List<byte>();
        foreach (byte b in input)
        {
            if (value is [.., (byte)'\n'] && b is not ((byte)' ' or (byte)'\t'))
                value.Add((byte)' ');
            value.Add(b);
        }
        if (value is [.., (byte)'\n'])
            value.Add((byte)' ');
        IReadOnlyList<HeaderField> header = [new HeaderField("Subject", value.ToArray())];
        bool isTagged = Table.Decide(new MailFacts(new Envelope("", null, true)) { Header = header }, Recipient) is PolicyAnswer.Decided { Decision.RuleName: "tagged" };

        var changes = TriggerRemoval.Of(header, [Trigger]);
        FuzzFailureException.Unless(changes.Count == (isTagged ? 1 : 0), "what has the text is not what loses it");
        if (changes is not [HeaderChange.Replace { Value: var rest }])
            return $"untouched {Math.Min(value.Count, 8)}";
        byte[] after = rest.ToArray();
        for (int i = 0; i < after.Length; i++)
            FuzzFailureException.Unless(after[i] != '\n' || (i + 1 < after.Length && after[i + 1] is (byte)' ' or (byte)'\t'), "a field of its own comes out");
        FuzzFailureException.Unless(after.Length > 0, "nothing is left, which would delete the field");
        FuzzFailureException.Unless(after.Length <= 3 * value.Count + 100, "it grows without measure");
        string text = Encoding.Latin1.GetString(after);
        return $"{text.Contains("=?UTF-8?B?", StringComparison.Ordinal)} {text.Contains('\n', StringComparison.Ordinal)} {Math.Min(after.Length, 8)}";
    }
}
