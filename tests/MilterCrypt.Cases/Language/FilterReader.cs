using System.Globalization;
using System.Text.RegularExpressions;
using MilterCrypt.Cases.Filter;
using MilterCrypt.Milter;

namespace MilterCrypt.Cases.Language;

/// <summary>Reads FILTER lines.</summary>
internal static partial class FilterReader
{
    private const string Edits =
        "CHANGE name [n]: value, DELETE name [n], ADD name: value, PREPEND name: value, BODY, SENDER <address> [argument…], "
        + "ADD RCPT <address> [argument…], REMOVE RCPT n";

    public static FilterRule Read(Place place, string text, CaseLines lines)
    {
        var match = Head().Match(text);
        if (!match.Success || !Enum.TryParse(match.Groups["step"].Value, ignoreCase: true, out FilterStep step))
            throw new CaseSyntaxException(place, "FILTER [MESSAGE n] CONNECT|HELO|UNKNOWN|MAIL|RCPT [n]|DATA|HEADER|BODY|END answer");
        if (match.Groups["recipient"].Success && step != FilterStep.Rcpt)
            throw new CaseSyntaxException(place, "only RCPT is counted");

        return new FilterRule(
            place, Number(match.Groups["message"]), step, Number(match.Groups["recipient"]),
            ReadAnswer(place, step, match.Groups["answer"].Value, lines));
    }

    private static FilterAnswer ReadAnswer(Place place, FilterStep step, string text, CaseLines lines)
    {
        string[] words = text.Split(' ', 2);
        string rest = words.Length > 1 ? words[1] : "";
        FilterAnswer? answer = words[0] switch
        {
            "REFUSE" => new FilterAnswer.Refuse(ReadReply(place, rest)),
            "FAIL" when rest == "" => new FilterAnswer.Fail(),
            "WAIT" when int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) => new FilterAnswer.Wait(seconds),
            "ACCEPT" when rest == "" && step is not (FilterStep.Unknown or FilterStep.Rcpt or FilterStep.Body or FilterStep.End) => new FilterAnswer.Accept(),
            "DISCARD" when rest == "" && step is FilterStep.Mail or FilterStep.Data or FilterStep.End => new FilterAnswer.Discard(),
            _ when step == FilterStep.End => ReadEdit(place, words[0], rest, lines),
            _ => null,
        };
        return answer ?? throw new CaseSyntaxException(
            place, $"what the filter can do at {step.ToString().ToUpperInvariant()}: "
            + (step == FilterStep.End ? $"REFUSE, FAIL, WAIT, DISCARD, QUARANTINE reason, {Edits}" : "REFUSE code status text, FAIL, WAIT seconds; ACCEPT and DISCARD where a milter may"));
    }

    private static FilterAnswer? ReadEdit(Place place, string kind, string rest, CaseLines lines)
    {
        switch (kind)
        {
            case "QUARANTINE" when rest.Length > 0:
                return new FilterAnswer.Quarantine(System.Text.Encoding.UTF8.GetString(Bytes(place, rest)));
            case "BODY" when rest.Length == 0:
                return new FilterAnswer.ReplaceBody(ContentReader.Read(lines) ?? []);
            case "SENDER" when Addresses.ReadOne(rest) is { } sender:
                return new FilterAnswer.ChangeSender(sender);
            case "ADD" when rest.StartsWith("RCPT ", StringComparison.Ordinal) && Addresses.ReadOne(rest[5..]) is { } added:
                return new FilterAnswer.AddRecipient(added);
            case "REMOVE" when rest.StartsWith("RCPT ", StringComparison.Ordinal) && int.TryParse(rest[5..], out int nth):
                return new FilterAnswer.RemoveRecipient(nth);
            default:
                break;
        }

        if (kind == "DELETE" && Field().Match(rest + ":") is { Success: true } deleted)
            return new FilterAnswer.DeleteField(deleted.Groups["name"].Value, Number(deleted.Groups["nth"]) ?? 1);
        var field = Field().Match(rest);
        if (!field.Success)
            return null;
        string name = field.Groups["name"].Value;
        byte[] value = Bytes(place, field.Groups["value"].Value);
        return (kind, field.Groups["nth"].Success) switch
        {
            ("CHANGE", _) => new FilterAnswer.ChangeField(name, Number(field.Groups["nth"]) ?? 1, value),
            ("ADD", false) => new FilterAnswer.AddField(name, value),
            ("PREPEND", false) => new FilterAnswer.PrependField(name, value),
            _ => null,
        };
    }

    private static SmtpReply ReadReply(Place place, string text)
    {
        if (text.Split(' ', 3) is not [var code, var status, var words] || !int.TryParse(code, out int number))
            throw new CaseSyntaxException(place, @"REFUSE code status text, such as REFUSE 550 5.7.1 No; \n begins another line");
        try
        {
            return new SmtpReply(number, status, System.Text.Encoding.UTF8.GetString(Bytes(place, words)).Split('\n'));
        }
        catch (ArgumentException wrong)
        {
            throw new CaseSyntaxException(place, wrong.Message);
        }
    }

    private static byte[] Bytes(Place place, string text)
    {
        try
        {
            return Escapes.Read(text);
        }
        catch (FormatException wrong)
        {
            throw new CaseSyntaxException(place, wrong.Message);
        }
    }

    private static int? Number(Group group) => group.Success ? int.Parse(group.Value, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex("^(?:MESSAGE (?<message>[0-9]+) )?(?<step>[A-Z]+)(?: (?<recipient>[0-9]+))? (?<answer>.+)$")]
    private static partial Regex Head();

    [GeneratedRegex("^(?<name>[!-9;-~]+)(?: (?<nth>[0-9]+))?:(?<value>.*)$")]
    private static partial Regex Field();
}
