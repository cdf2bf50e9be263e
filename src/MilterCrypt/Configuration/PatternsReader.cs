using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Configuration;

/// <summary>Reads lists of patterns.</summary>
internal static class PatternsReader
{
    /// <summary>Patterns of addresses.</summary>
    public static IReadOnlyList<AddressPattern> Addresses(this SettingCursor setting) => Read<AddressPattern>(setting, AddressPattern.TryParse);

    /// <summary>Patterns of domains.</summary>
    public static IReadOnlyList<DomainPattern> Domains(this SettingCursor setting) => Read<DomainPattern>(setting, DomainPattern.TryParse);

    /// <summary>Patterns of login names.</summary>
    public static IReadOnlyList<UserPattern> LoginNames(this SettingCursor setting) => Read<UserPattern>(setting, UserPattern.TryParse);

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

    private static List<T> Read<T>(SettingCursor setting, PatternParser<T> parse)
        where T : class
    {
        var patterns = new List<T>();
        foreach (var entry in setting.List())
        {
            if (entry.Text() is not { } text)
                continue;
            if (parse(text, out var pattern, out string? reason))
                patterns.Add(pattern);
            else
                entry.Complain($"'{text}': {reason}");
        }
        return patterns;
    }
}
