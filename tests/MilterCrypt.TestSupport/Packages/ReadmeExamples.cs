using System.Text;
using System.Text.RegularExpressions;

namespace MilterCrypt.TestSupport.Packages;

/// <summary>The examples of a library's README, by name: as they are shown there, below <c>&lt;!-- example NAME --&gt;</c>, and
/// as its tests compile them, between <c>// &lt;example NAME&gt;</c> and <c>// &lt;/example&gt;</c>; parts of one name are one
/// example.</summary>
/// <param name="library">Its name, such as MilterCrypt.Milter.</param>
public sealed partial class ReadmeExamples(string library)
{
    public string Readme { get; } = File.ReadAllText(Repository.PathOf($"src/{library}/README.md"));

    /// <summary>How many blocks of C# there are, examples or not.</summary>
    public int BlockCount => Regex.Count(Readme, "```c");

    public Dictionary<string, string> Shown() =>
        Block().Matches(Readme).ToDictionary(block => block.Groups[1].Value, block => block.Groups[2].Value);

    public Dictionary<string, string> Compiled()
    {
        var examples = new Dictionary<string, StringBuilder>();
        foreach (string file in Directory.GetFiles(Repository.PathOf($"tests/{library}.Tests/Examples"), "*.cs"))
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

    /// <summary>The examples that are shown otherwise than they are compiled, or only one of the two.</summary>
    public IEnumerable<string> Differences()
    {
        Dictionary<string, string> shown = Shown(), compiled = Compiled();
        return shown.Keys.Union(compiled.Keys).Where(name => shown.GetValueOrDefault(name) != compiled.GetValueOrDefault(name));
    }

    [GeneratedRegex("<!-- example ([^>]+) -->\n```csharp\n(.*?)```\n", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^( *)// <example ([^>]+)>\n(.*?)^ *// </example>\n", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Part();
}
