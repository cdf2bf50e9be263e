using MilterCrypt.MailServers;

namespace MilterCrypt.Commands;

/// <summary>What `check` has found so far, and how it is printed: facts, then findings, the worst first.</summary>
internal sealed class CheckReport
{
    private readonly List<string> facts = [];
    private readonly List<Finding> findings = [];

    /// <summary>Whether something is an error.</summary>
    public bool HasErrors => findings.Exists(finding => finding.Level == FindingLevel.Error);

    /// <summary>Something that was looked at and is well.</summary>
    public void Fact(string text) => facts.Add(text);

    /// <summary>It is wrong.</summary>
    public void Error(string text) => Add(Finding.Error(text));

    /// <summary>It is suspicious.</summary>
    public void Warning(string text) => Add(Finding.Warning(text));

    /// <summary>Adds a finding.</summary>
    public void Add(Finding finding) => findings.Add(finding);

    /// <summary>Prints everything, and how many there are.</summary>
    /// <param name="file">The configuration file.</param>
    /// <param name="output">Where to.</param>
    public async Task WriteAsync(string file, TextWriter output)
    {
        foreach (string fact in facts)
            await output.WriteLineAsync(fact);
        foreach (var finding in findings.OrderBy(finding => finding.Level))
            await output.WriteLineAsync($"{Word(finding.Level)}: {finding.Text}");
        await output.WriteLineAsync($"{file}: {KeyWords.Count(Count(FindingLevel.Error), "error")}, {KeyWords.Count(Count(FindingLevel.Warning), "warning")}");
    }

    private int Count(FindingLevel level) => findings.Count(finding => finding.Level == level);

    private static string Word(FindingLevel level) => level switch
    {
        FindingLevel.Error => "error",
        FindingLevel.Warning => "warning",
        _ => "note",
    };
}
