using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Linting;

/// <summary>What `keys lint` says of one thing.</summary>
/// <param name="Subject">A fingerprint, a mail address, or a file that is no certificate.</param>
/// <param name="Name">Whose it is, for people; may be empty.</param>
/// <param name="Findings">The worst first.</param>
internal sealed record LintReport(string Subject, string Name, IReadOnlyList<Finding> Findings)
{
    /// <summary>The lines for people.</summary>
    public string Text
    {
        get
        {
            var lines = new List<string> { Name.Length == 0 ? PrintableText.Of(Subject) : $"{PrintableText.Of(Subject)}  {Name}" };
            foreach (var finding in Findings)
            {
                lines.Add($"  {Word(finding.Level)}: {finding.Text}");
                if (finding.Advice is not null)
                    lines.Add($"    {finding.Advice}");
            }

            return string.Join('\n', lines);
        }
    }

    /// <summary>The object for programs.</summary>
    public string Json => JsonText.OfObject(json =>
    {
        json.WriteString("subject", Subject);
        json.WriteString("name", Name);
        json.WriteStartArray("findings");
        foreach (var finding in Findings)
        {
            json.WriteStartObject();
            json.WriteString("level", Word(finding.Level));
            json.WriteString("code", finding.Code);
            json.WriteString("text", finding.Text);
            json.WriteString("advice", finding.Advice);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>Of a certificate.</summary>
    public static LintReport Of(LintSubject subject) => new(
        subject.Certificate.Fingerprint.ToString(),
        KeyWords.Name(subject.View),
        [.. subject.Findings().OrderByDescending(static finding => finding.Level)]);

    private static string Word(FindingLevel level) => level switch
    {
        FindingLevel.Error => "error",
        FindingLevel.Warning => "warning",
        _ => "note",
    };
}
