using System.Globalization;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Configuration;

/// <summary>Reads patterns that stand in files: <c>file:/path</c>, a pattern a line, and tables as Postfix has them,
/// <c>texthash:/path</c> and <c>regexp:/path</c>. What is wrong in a file is noted where the configuration names it.</summary>
internal static class PatternFiles
{
    private const int MostComplaints = 10;

    /// <summary>The path that a text names behind a prefix; null where it names none.</summary>
    public static string? PathBehind(string prefix, string text) =>
        text.StartsWith(prefix + "/", StringComparison.Ordinal) && !text.Contains('\0', StringComparison.Ordinal) ? text[prefix.Length..] : null;

    /// <summary>The patterns of a file.</summary>
    public static List<T> Lines<T>(SettingCursor setting, string path, PatternParser<T> parse)
        where T : class
    {
        var patterns = new List<T>();
        ForEachLine(setting, path, line =>
        {
            if (!parse(line.Trim(), out var pattern, out string? reason))
                return $"'{line.Trim()}': {reason}";
            patterns.Add(pattern);
            return null;
        });
        return patterns;
    }

    /// <summary>Postfix's plain table.</summary>
    public static LookupTable Table(SettingCursor setting, string path)
    {
        var table = new LookupTable();
        ForEachRow(setting, path, (key, isIn) => table.TryAdd(key, isIn, out string? reason) ? null : $"'{key}': {reason}");
        return table;
    }

    /// <summary>The same with login names as keys.</summary>
    public static Dictionary<string, bool> Names(SettingCursor setting, string path)
    {
        var names = new Dictionary<string, bool>(StringComparer.OrdinalIgnoreCase);
        ForEachRow(setting, path, (key, isIn) =>
        {
            names.TryAdd(key, isIn);
            return null;
        });
        return names;
    }

    /// <summary>Postfix's table of regular expressions.</summary>
    public static ExpressionTable Expressions(SettingCursor setting, string path)
    {
        var table = new ExpressionTable();
        ForEachLine(setting, path, line =>
        {
            bool isNegated = line[0] == '!';
            string rest = isNegated ? line[1..].TrimStart() : line;
            if (rest.Length == 0 || !char.IsPunctuation(rest[0]))
                return "it is not of the form /expression/flags value; if, endif and lines that go on with the one before are not taken";
            int end = 1;
            while (end < rest.Length && rest[end] != rest[0])
                end += rest[end] == '\\' ? 2 : 1;
            if (end >= rest.Length)
                return $"the expression is not closed with {rest[0]}";
            string flags = string.Concat(rest[(end + 1)..].TakeWhile(static c => c is not (' ' or '\t')));
            string value = rest[(end + 1 + flags.Length)..].Trim();
            if (Word(value) is not { } isIn)
                return NeitherWord(value, rest[..(end + 1)]);
            return table.TryAdd(rest[1..end], flags, isNegated, isIn, out string? reason) ? null : $"{rest[..(end + 1)]}: {reason}";
        });
        return table;
    }

    private static void ForEachRow(SettingCursor setting, string path, Func<string, bool, string?> add) => ForEachLine(setting, path, line =>
    {
        if (line[0] is ' ' or '\t')
            return "lines that go on with the one before are not taken";
        int end = line.IndexOfAny([' ', '\t']);
        string key = end < 0 ? line : line[..end];
        string value = end < 0 ? "" : line[end..].Trim();
        return Word(value) is { } isIn ? add(key, isIn) : NeitherWord(value, key);
    });

    private static string NeitherWord(string value, string key) =>
        $"'{value}' says neither that {key} is in the list (OK, yes, true, or nothing) nor that it is not (REJECT, no, false)";

    private static bool? Word(string value) => value.ToUpperInvariant() switch
    {
        "" or "OK" or "YES" or "TRUE" => true,
        "REJECT" or "NO" or "FALSE" => false,
        _ => null,
    };

    /// <param name="setting">What names the file.</param>
    /// <param name="path">The file.</param>
    /// <param name="read">Reads a line; returns what is wrong with it, or null.</param>
    private static void ForEachLine(SettingCursor setting, string path, Func<string, string?> read)
    {
        var lines = ListFile.Read(path, out string? fault);
        if (fault is not null)
        {
            setting.Complain($"{path}: {fault}");
            return;
        }
        int complaints = 0;
        foreach (var (number, text) in lines)
        {
            if (read(text) is not { } wrong)
                continue;
            if (complaints++ == MostComplaints)
            {
                setting.Complain($"{path}: and more");
                return;
            }
            setting.Complain(string.Create(CultureInfo.InvariantCulture, $"{path}:{number}: {wrong}"));
        }
    }
}
