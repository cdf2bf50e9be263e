using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace MilterCrypt.Configuration;

/// <summary>A place in a configuration that is being read: a node, how its setting is called, and where complaints go.
/// Whatever is wrong is noted and the default goes on, so that one look shows all.</summary>
internal sealed record SettingCursor(YamlNode Node, string Path, List<ConfigurationProblem> Problems)
{
    /// <summary>Notes that this setting is wrong.</summary>
    public void Complain(string message) =>
        Problems.Add(new ConfigurationProblem((int)Node.Start.Line, (int)Node.Start.Column, Path, message));

    /// <summary>This map's entries by their keys; a key that the table doesn't have is noted.</summary>
    public IReadOnlyDictionary<string, SettingCursor> Map() => Map(KnownKeys());

    /// <summary>This map's entries by their keys; another key than these is noted.</summary>
    public IReadOnlyDictionary<string, SettingCursor> Map(IReadOnlyList<string> known)
    {
        var entries = new Dictionary<string, SettingCursor>();
        if (Node is not YamlMappingNode map)
        {
            Complain($"it is {Kind(Node)}, but must be a map with {string.Join(", ", known)}");
            return entries;
        }
        foreach (var (keyNode, value) in map.Children)
        {
            string key = keyNode is YamlScalarNode { Value: { } text } ? text : "";
            string path = Path.Length == 0 ? key : $"{Path}.{key}";
            if (known.Contains(key))
                entries[key] = new SettingCursor(value, path, Problems);
            else
                new SettingCursor(keyNode, path, Problems).Complain(UnknownKey(key, known));
        }
        return entries;
    }

    /// <summary>The entries of a map whose keys are no settings but texts of the administrator's.</summary>
    /// <param name="example">What such a map looks like, for a complaint.</param>
    public IEnumerable<(SettingCursor Key, SettingCursor Value)> OpenMap(string example)
    {
        if (Node is not YamlMappingNode map)
        {
            Complain($"it is {Kind(Node)}, but must be a map, such as `{example}`");
            return [];
        }
        return map.Children.Select(pair =>
        {
            string path = $"{Path}[{(pair.Key as YamlScalarNode)?.Value}]";
            return (new SettingCursor(pair.Key, path, Problems), new SettingCursor(pair.Value, path, Problems));
        });
    }

    /// <summary>This list's entries; something else that is there stands for a list with that one entry.</summary>
    public IEnumerable<SettingCursor> List()
    {
        if (Node is not YamlSequenceNode list)
            return [this];
        if (list.Children.Count == 0)
            Complain("the list is empty");
        return list.Children.Select((node, i) => this with { Node = node, Path = string.Create(CultureInfo.InvariantCulture, $"{Path}[{i}]") });
    }

    /// <summary>This setting's text, or null after a complaint.</summary>
    public string? Text()
    {
        if (Node is YamlScalarNode { Value: { Length: > 0 } text } scalar && !IsNull(scalar))
            return text;
        Complain(Node is YamlScalarNode ? "a value is missing" : $"it is {Kind(Node)}, but must be one value");
        return null;
    }

    private static bool IsNull(YamlScalarNode scalar) =>
        scalar.Style == YamlDotNet.Core.ScalarStyle.Plain && scalar.Value is "~" or "null";

    private static string Kind(YamlNode node) => node switch
    {
        YamlMappingNode => "a map",
        YamlSequenceNode => "a list",
        YamlScalarNode { Value: null or "" } => "empty",
        YamlScalarNode scalar => $"'{scalar.Value}'",
        _ => "something else",
    };

    private static string UnknownKey(string key, IReadOnlyList<string> known)
    {
        string complaint = $"there is no setting '{key}' here";
        return NearestWord.Find(key, known) is { } meant
            ? $"{complaint}; did you mean '{meant}'?"
            : $"{complaint}; there are {string.Join(", ", known)}";
    }

    // rules[0].match is rules[].match to the table.
    private IReadOnlyList<string> KnownKeys() =>
        SettingTable.KeysOf(string.Concat(Path.Where(c => !char.IsAsciiDigit(c))));
}
