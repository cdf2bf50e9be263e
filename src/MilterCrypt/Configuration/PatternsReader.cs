using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Configuration;

/// <summary>Reads lists of patterns.</summary>
internal static class PatternsReader
{
    private const string ListPrefix = "file:", TablePrefix = "texthash:", ExpressionsPrefix = "regexp:";

    /// <summary>Patterns of addresses.</summary>
    public static IReadOnlyList<AddressPattern> Addresses(this SettingCursor setting) => Read<AddressPattern>(
        setting,
        AddressPattern.TryParse,
        static text => AddressPattern.OfTable(text, static (_, _) => false),
        static (entry, text, path) => AddressPattern.OfTable(text, PatternFiles.Table(entry, path).Includes),
        static (entry, text, path) =>
        {
            var expressions = PatternFiles.Expressions(entry, path);
            // An expression says itself what it means by a tag, as in Postfix.
            return AddressPattern.OfTable(text, (address, _) => expressions.Includes(address));
        });

    /// <summary>Patterns of domains.</summary>
    public static IReadOnlyList<DomainPattern> Domains(this SettingCursor setting) => Read<DomainPattern>(
        setting,
        DomainPattern.TryParse,
        static text => DomainPattern.OfTable(text, static _ => false),
        static (entry, text, path) => DomainPattern.OfTable(text, PatternFiles.Table(entry, path).Includes),
        static (entry, text, path) => DomainPattern.OfTable(text, PatternFiles.Expressions(entry, path).Includes));

    /// <summary>Patterns of login names.</summary>
    public static IReadOnlyList<UserPattern> LoginNames(this SettingCursor setting) => Read<UserPattern>(
        setting,
        UserPattern.TryParse,
        static text => UserPattern.OfTable(text, static _ => false),
        static (entry, text, path) =>
        {
            var names = PatternFiles.Names(entry, path);
            return UserPattern.OfTable(text, name => names.GetValueOrDefault(name));
        },
        static (entry, text, path) => UserPattern.OfTable(text, PatternFiles.Expressions(entry, path).Includes));

    /// <summary>Networks.</summary>
    public static IReadOnlyList<NetworkPattern> Networks(this SettingCursor setting) => Read<NetworkPattern>(setting, NetworkPattern.TryParse);

    /// <summary>SMTP clients.</summary>
    public static IReadOnlyList<ClientPattern> Clients(this SettingCursor setting) => Read<ClientPattern>(setting, ClientPattern.TryParse);

    /// <summary>Media types.</summary>
    public static IReadOnlyList<MediaTypePattern> MediaTypes(this SettingCursor setting) => Read<MediaTypePattern>(setting, MediaTypePattern.TryParse);

    /// <summary>Header fields.</summary>
    public static IReadOnlyList<Trigger.Field> HeaderFields(this SettingCursor setting) => Read<Trigger.Field>(setting, Trigger.Field.TryParse);

    /// <summary>Texts in the Subject.</summary>
    public static IReadOnlyList<Trigger.InSubject> SubjectTexts(this SettingCursor setting) => Read<Trigger.InSubject>(setting, Trigger.InSubject.TryParse);

    // A list without patterns would be no condition: a file that is empty today must not be for everybody.
    private static IEnumerable<T> Nothing<T>(SettingCursor entry, string text, Func<string, T>? nothing)
    {
        if (nothing is not null)
            return [nothing(text)];
        entry.Complain($"{text}: there is nothing in it");
        return [];
    }

    private static List<T> Read<T>(
        SettingCursor setting,
        PatternParser<T> parse,
        Func<string, T>? nothing = null,
        Func<SettingCursor, string, string, T>? ofTable = null,
        Func<SettingCursor, string, string, T>? ofExpressions = null)
        where T : class
    {
        var patterns = new List<T>();
        foreach (var entry in setting.List())
        {
            if (entry.Text() is not { } text)
                continue;
            if (PatternFiles.PathBehind(ListPrefix, text) is { } list)
                patterns.AddRange(PatternFiles.Lines(entry, list, parse) is { Count: > 0 } some ? some : Nothing(entry, text, nothing));
            else if (ofTable is not null && PatternFiles.PathBehind(TablePrefix, text) is { } table)
                patterns.Add(ofTable(entry, text, table));
            else if (ofExpressions is not null && PatternFiles.PathBehind(ExpressionsPrefix, text) is { } expressions)
                patterns.Add(ofExpressions(entry, text, expressions));
            else if (parse(text, out var pattern, out string? reason))
                patterns.Add(pattern);
            else
                entry.Complain($"'{text}': {reason}");
        }
        return patterns;
    }
}
