using System.Text.RegularExpressions;
using MilterCrypt.Configuration;
using MilterCrypt.Tests.Architecture;

namespace MilterCrypt.Tests.Configuration;

/// <summary>docs/configuration.md is written by hand and held to the code.</summary>
public sealed partial class ConfigurationReferenceTests
{
    private static readonly string Reference = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));

    [Fact]
    public void EverySettingHasItsRowAndEveryRowIsASetting()
    {
        var rows = SettingTable.All.Select(setting =>
            $"| `{setting.Path}` | {setting.Value} | {(setting.Default.Length > 0 ? $"`{setting.Default}`" : "")} | {setting.Meaning} |");
        var written = Reference.Split("## Keys\n")[1].Split("\n\n")[0].Split('\n').Skip(2);
        Assert.Equal(rows, written);
    }

    [Fact]
    public void TheManualPageNamesEveryKey()
    {
        string page = Path.Combine(Repository.Root, "packaging", "man", "miltercrypt.yaml.5");
        var words = ManualWord().Matches(File.ReadAllText(page)).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        Assert.All(SettingTable.All, setting => Assert.Contains(setting.Path.Replace("[]", "", StringComparison.Ordinal).Split('.')[^1], words));
    }

    [Fact]
    public void ItsExamplesAreGood()
    {
        var examples = YamlBlock().Matches(Reference).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(2, examples.Count);
        Assert.All(examples, example => Assert.IsType<ConfigurationResult.Loaded>(ConfigurationFile.Read(example, "example")));
    }

    [Fact]
    public void TheReadMeExampleIsGoodToo()
    {
        string readMe = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        string example = readMe.Split("<<'YAML'\n")[1].Split("YAML\n")[0];
        Assert.IsType<ConfigurationResult.Loaded>(ConfigurationFile.Read(example, "README.md"));
    }

    [GeneratedRegex("[a-z]+(-[a-z]+)*")]
    private static partial Regex ManualWord();

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();
}
