using System.Text;
using System.Text.RegularExpressions;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests.Support;

/// <summary>The examples of the package's README, by name: as they are shown there, below <c>&lt;!-- example NAME --&gt;</c>, and
/// as they are compiled, between <c>// &lt;example NAME&gt;</c> and <c>// &lt;/example&gt;</c>; parts of one name are one
/// example.</summary>
internal static partial class ReadmeExamples
{
    public static string Readme { get; } = File.ReadAllText(Repository.PathOf("src/MilterCrypt.Milter/README.md"));

    public static Dictionary<string, string> Shown() =>
        Block().Matches(Readme).ToDictionary(block => block.Groups[1].Value, block => block.Groups[2].Value);

    public static Dictionary<string, string> Compiled()
    {
        var examples = new Dictionary<string, StringBuilder>();
        foreach (string file in Directory.GetFiles(Repository.PathOf("tests/MilterCrypt.Milter.Tests/Examples"), "*.cs"))
        {
            foreach (Match part in Part().Matches(File.ReadAllText(file)))
            {
                if (!examples.TryGetValue(part.Groups[2].Value, out var whole))
                    examples[part.Groups[2].Value] = whole = new StringBuilder();
                string indent = part.Groups[1].Value;
                whole.Append(Regex.Replace(part.Groups[3].Value, $"^{indent}", "", RegexOptions.Multiline));
            }
        }

        return examples.ToDictionary(example => example.Key, example => example.Value.ToString());
    }

    [GeneratedRegex("<!-- example ([^>]+) -->\n```csharp\n(.*?)```\n", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^( *)// <example ([^>]+)>\n(.*?)^ *// </example>\n", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Part();
}
