using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace MilterCrypt.Configuration;

/// <summary>Loads YAML (1.2) that has nothing in it which a configuration doesn't need: no anchors and aliases, with which
/// a few lines stand for billions, no tags, no second document, no deep nesting.</summary>
internal static class SafeYaml
{
    private const int MaxDepth = 10;

    /// <summary>Returns the outermost map, or null after saying what is wrong; an empty file is an empty map.</summary>
    public static YamlMappingNode? TryLoad(string text, List<ConfigurationProblem> problems)
    {
        try
        {
            // Events come one by one, whatever they would build: nothing is built before they are known to be harmless.
            if (FindHarm(text) is { } harm)
            {
                problems.Add(harm);
                return null;
            }
            var yaml = new YamlStream();
            using var reader = new StringReader(text);
            yaml.Load(reader);
            switch (yaml.Documents)
            {
                case []:
                    return new YamlMappingNode();
                case [{ RootNode: YamlMappingNode root }]:
                    return root;
                case [{ RootNode: var other }]:
                    problems.Add(At(other.Start, "this is not a map of settings, such as `store: sqlite:/path`"));
                    return null;
                default:
                    problems.Add(At(yaml.Documents[1].RootNode.Start, "a second document begins; there can be one"));
                    return null;
            }
        }
        catch (YamlException e)
        {
            problems.Add(At(e.Start, $"this is not YAML: {Describe(e)}"));
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The parser's own state breaks on some broken texts (tests with mangled files found it), and it says no more.
            problems.Add(new ConfigurationProblem(1, 1, "", "this is not YAML"));
            return null;
        }
    }

    private static ConfigurationProblem? FindHarm(string text)
    {
        using var reader = new StringReader(text);
        var parser = new Parser(reader);
        int depth = 0;
        while (parser.MoveNext())
        {
            var now = parser.Current!;
            depth += now.NestingIncrease;
            if (depth > MaxDepth + 2)
                return At(now.Start, "this is nested more deeply than any setting");
            if (now is AnchorAlias || now is NodeEvent { Anchor.IsEmpty: false })
                return At(now.Start, "anchors (&) and aliases (*) are not taken; quote a text that begins with one of these, such as '*'");
            if (now is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } })
                return At(now.Start, "tags (!) are not taken; quote a text that begins so");
        }
        return null;
    }

    private static ConfigurationProblem At(Mark mark, string message) => new((int)mark.Line, (int)mark.Column, "", message);

    private static string Describe(YamlException e)
    {
        string inner = e.InnerException is YamlException cause ? cause.Message : e.Message;
        // The position is said before it.
        int end = inner.IndexOf("): ", StringComparison.Ordinal);
        return inner.StartsWith('(') && end > 0 ? inner[(end + 3)..] : inner;
    }
}
