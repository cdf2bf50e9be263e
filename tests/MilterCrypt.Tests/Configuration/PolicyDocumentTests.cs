using System.Text;
using System.Text.RegularExpressions;
using MilterCrypt.Configuration;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using MilterCrypt.Tests.Architecture;

namespace MilterCrypt.Tests.Configuration;

/// <summary>docs/policy.md is written by hand. Its examples are read, with the files that it shows, and its table of who gets what is
/// asked of the first of them.</summary>
public sealed partial class PolicyDocumentTests : IDisposable
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "policy.md"));
    private static readonly List<string> Examples = [.. YamlBlock().Matches(Page).Select(match => match.Groups[1].Value)];

    private readonly string folder = Directory.CreateTempSubdirectory("miltercrypt-policy").FullName;

    public PolicyDocumentTests()
    {
        foreach (Match file in FileBlock().Matches(Page))
            File.WriteAllText(Path.Combine(folder, file.Groups[1].Value), file.Groups[2].Value);
    }

    public static TheoryData<int> All => [.. Enumerable.Range(0, Examples.Count)];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(All))]
    public void EachExampleIsGood(int example) => Assert.NotNull(Read(Examples[example]));

    /// <summary>But for what an example leaves out because it is not about it, nothing is pointed out.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void NoExampleIsSuspicious(int example) => Assert.All(
        SuspicionList.Of(Read(Examples[example])),
        said => Assert.True(
            said.StartsWith("no rule is for all mail", StringComparison.Ordinal) || said.StartsWith("EMERGENCY BYPASS", StringComparison.Ordinal), said));

    [Fact]
    public void TheFirstExampleDoesWhatItsTableSays()
    {
        var rows = Page.Split("| user | recipient |")[1].Split("\n\n")[0].Split('\n').Skip(2).Select(row => row.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray()).ToList();
        Assert.Equal(7, rows.Count);
        var table = Read(Examples[0]).PolicyTable();
        foreach (string[] row in rows)
        {
            var facts = new MailFacts(new Envelope("alice@example.org", row[0], canRefuseRecipients: true))
            {
                Header = [new HeaderField("Subject", Encoding.UTF8.GetBytes($" {row[2]}"))],
            };
            Assert.True(MailAddress.TryParse(row[1], out var recipient));
            var decision = Assert.IsType<PolicyAnswer.Decided>(table.Decide(facts, recipient)).Decision;
            Assert.Equal((row[1], row[3], row[4], row[5]), (row[1], decision.RuleName, Word(decision.Encrypt), Word(decision.WithoutKey)));
        }
    }

    /// <summary>Each key of a match is explained, and nothing else is.</summary>
    [Fact]
    public void EveryKeyOfAMatchHasItsRow()
    {
        var explained = Page.Split("| key | what | known |")[1].Split("\n\n")[0].Split('\n').Skip(2).SelectMany(row => Key().Matches(row.Split('|')[1]).Select(match => match.Groups[1].Value));
        Assert.Equal(
            SettingTable.All.Select(setting => setting.Path).Where(path => path.StartsWith("rules[].match.", StringComparison.Ordinal)).Select(path => path["rules[].match.".Length..]).Order(StringComparer.Ordinal),
            explained.Order(StringComparer.Ordinal));
    }

    private Settings Read(string example)
    {
        string here = example.Replace("/etc/miltercrypt/", folder + "/", StringComparison.Ordinal).Replace("trusted-peers: postfix", "trusted-peers: root", StringComparison.Ordinal);
        return ConfigurationFile.Read(here, "example", new Clock()) switch
        {
            ConfigurationResult.Loaded loaded => loaded.Settings,
            ConfigurationResult.Refused refused => throw new InvalidOperationException($"{string.Join('\n', refused.Complaints)}\n{example}"),
            _ => throw new InvalidOperationException(),
        };
    }

    private static string Word<T>(T value)
        where T : struct, Enum => string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();

    [GeneratedRegex("```\n# /etc/miltercrypt/(\\S+)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex FileBlock();

    [GeneratedRegex("`([a-z-]+)`")]
    private static partial Regex Key();

    // The day before that of which the page speaks.
    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    }
}
