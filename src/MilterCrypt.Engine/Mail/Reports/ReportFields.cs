using System.Text.RegularExpressions;

namespace MilterCrypt.Engine.Mail.Reports;

/// <summary>The fields that are kept of a report, and what each may look like. A name alone is no guard, since any field can have
/// any text in it; what does not look like what it should be is left out, comments too.</summary>
internal static partial class ReportFields
{
    /// <summary>A reply of a server is quoted so far: enough for what became of the message, and short for a server that quotes
    /// the message.</summary>
    private const int MaxDiagnostic = 200;

    private const string Words = @"[!-~]+(?: [!-~]+)*";

    /// <summary>The value as it is kept, in ASCII; null where the field is left out.</summary>
    internal static string? Keep(ReportKind kind, string name, string value) => AsciiCase.ToLower(name) switch
    {
        "original-recipient" or "final-recipient" => Address(value),
        "reporting-mta" or "dsn-gateway" or "received-from-mta" or "remote-mta" when kind == ReportKind.DeliveryStatus => Server(value),
        "arrival-date" or "last-attempt-date" or "will-retry-until" when kind == ReportKind.DeliveryStatus => Date(value),
        "original-envelope-id" or "final-log-id" when kind == ReportKind.DeliveryStatus => Whole(Identifier(), value),
        "action" when kind == ReportKind.DeliveryStatus => Begin(Action(), value),
        "status" when kind == ReportKind.DeliveryStatus => Begin(Status(), value),
        "diagnostic-code" when kind == ReportKind.DeliveryStatus => DiagnosticCode(value),
        "mdn-gateway" when kind == ReportKind.Disposition => Server(value),
        "original-message-id" when kind == ReportKind.Disposition => MessageId(value),
        "disposition" when kind == ReportKind.Disposition => Whole(Disposition(), value),
        "reporting-ua" when kind == ReportKind.Disposition => Whole(Program(), value),
        _ => null,
    };

    /// <summary>A date (RFC 5322 §3.3), without the name of its zone.</summary>
    internal static string? Date(string value) => Begin(DateAndTime(), value);

    /// <summary>A message's name (RFC 5322 §3.6.4).</summary>
    internal static string? MessageId(string value) => Whole(InAngles(), value);

    private static string? Address(string value) => Typed().Match(value) is { Success: true } typed && typed.Groups[2].Value is var address
        && !address.Contains(' ', StringComparison.Ordinal) && !address.Contains('\uFFFD', StringComparison.Ordinal) && !address.Any(char.IsControl)
            ? $"{typed.Groups[1].Value}; {FieldText.EscapeUnicode(address)}"
            : null;

    // Some write more about the server behind its name.
    private static string? Server(string value) => Begin(TypedName(), value);

    // Of those types of which the text is a server's reply or Postfix's own. Under others ("x-unix") there may be what a program
    // said that had the message.
    private static string? DiagnosticCode(string value)
    {
        var diagnostic = Diagnostic().Match(FieldText.ReplaceUnicode(value));
        if (!diagnostic.Success)
            return null;
        string text = diagnostic.Value;
        return text.Length <= MaxDiagnostic ? text : text[..MaxDiagnostic].TrimEnd() + " ...";
    }

    private static string? Begin(Regex shape, string value) => shape.Match(value) is { Success: true } match ? match.Value : null;

    private static string? Whole(Regex shape, string value) => shape.IsMatch(value) ? value : null;

    [GeneratedRegex(@"\A([a-zA-Z0-9-]{1,20}) ?; ?(.{1,500})\z")]
    private static partial Regex Typed();

    [GeneratedRegex(@"\A[a-zA-Z0-9-]{1,20} ?; ?[a-zA-Z0-9._:\[\]-]{1,255}(?= |\z)")]
    private static partial Regex TypedName();

    [GeneratedRegex(@"\A(?:[A-Z][a-z]{2}, )?[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}(?::[0-9]{2})? (?:[+-][0-9]{4}|[A-Z]{2,4})(?= |\z)")]
    private static partial Regex DateAndTime();

    [GeneratedRegex(@"\A[!-~]{1,100}\z")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"\A<[!-~]{1,250}>\z")]
    private static partial Regex InAngles();

    [GeneratedRegex(@"\A(?:failed|delayed|delivered|relayed|expanded)(?= |\z)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Action();

    [GeneratedRegex(@"\A[0-9]\.[0-9]{1,3}\.[0-9]{1,3}(?= |\z)")]
    private static partial Regex Status();

    [GeneratedRegex($@"\A(?:smtp|x-postfix) ?; ?{Words}\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Diagnostic();

    [GeneratedRegex(
        @"\A(?:manual|automatic)-action ?/ ?MDN-sent-(?:manually|automatically) ?; ?(?:displayed|deleted|dispatched|processed|denied|failed)(?: ?/ ?[a-z0-9-]{1,20})?\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Disposition();

    [GeneratedRegex(@"\A[a-zA-Z0-9._/+():;,\[\] -]{1,150}\z")]
    private static partial Regex Program();
}
