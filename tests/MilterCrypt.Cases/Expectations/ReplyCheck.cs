using System.Globalization;
using System.Text.RegularExpressions;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Cases.Expectations;

/// <summary>Compares a reply with what a case expects: nothing (any success), a code, a code and a status, or whole
/// lines.</summary>
internal static partial class ReplyCheck
{
    public static bool Matches(IReadOnlyList<string> expected, SmtpAnswer answer)
    {
        if (expected.Count == 0)
            return answer.IsSuccess;
        // Sendmail names the address between the status and the words.
        string shown = NamedAddress().Replace(Show(answer), "$1");
        if (expected.Count > 1 || !Short().IsMatch(expected[0]))
            return shown == string.Join("\n  ", expected);
        return shown == expected[0] || shown.StartsWith(expected[0] + " ", StringComparison.Ordinal)
            || shown.StartsWith(expected[0] + "-", StringComparison.Ordinal);
    }

    /// <summary>The reply's lines as SMTP has them.</summary>
    public static string Show(SmtpAnswer answer)
    {
        if (answer == SmtpAnswer.Gone)
            return "GONE";
        string[] lines = answer.Text.Split('\n');
        string code = answer.Code.ToString(CultureInfo.InvariantCulture);
        return string.Join("\n  ", lines.Select((line, i) => $"{code}{(i < lines.Length - 1 ? '-' : ' ')}{line}"));
    }

    [GeneratedRegex(@"(?<=^|\n  )(\d{3}[ -]\d\.\d{1,3}\.\d{1,3} )\S*\.\.\. ")]
    private static partial Regex NamedAddress();

    [GeneratedRegex("""^(?:GONE|\d{3}|\d{3} \d\.\d{1,3}\.\d{1,3})$""")]
    private static partial Regex Short();
}
