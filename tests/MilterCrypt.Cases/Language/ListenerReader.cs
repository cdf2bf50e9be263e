using System.Globalization;
using System.Text.RegularExpressions;
using MilterCrypt.Cases.Daemon;

namespace MilterCrypt.Cases.Language;

/// <summary>Reads LISTENER lines.</summary>
internal static partial class ListenerReader
{
    public static ListenerRule Read(Place place, string text)
    {
        if (text == "AWAY")
            return new ListenerRule.Away(place);
        var match = Refusal().Match(text);
        if (!match.Success)
            throw new CaseSyntaxException(place, "LISTENER AWAY, or LISTENER MAIL [n]|RCPT <address>|DATA [n]|END [n] REFUSE code status text");
        var (recipient, nth) = (match.Groups["recipient"], match.Groups["nth"]);
        return new ListenerRule.Refuse(
            place, match.Groups["step"].Value, recipient.Success ? recipient.Value : null,
            nth.Success ? int.Parse(nth.Value, CultureInfo.InvariantCulture) : 1, match.Groups["reply"].Value);
    }

    [GeneratedRegex(@"^(?:(?<step>MAIL|DATA|END)(?: (?<nth>[1-9][0-9]?))?|(?<step>RCPT) <(?<recipient>[^<> ]+)>) REFUSE (?<reply>([45])\d\d \1\.\d{1,3}\.\d{1,3} .+)$")]
    private static partial Regex Refusal();
}
