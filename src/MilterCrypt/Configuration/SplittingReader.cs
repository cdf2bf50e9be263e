using MilterCrypt.Engine.Injection;
using MilterCrypt.Engine.Mail;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MilterCrypt.Configuration;

/// <summary>Reads what is about handing messages back, and about recipients who stand for others.</summary>
internal static class SplittingReader
{
    /// <summary>Adds what the file says of it; of use only where nothing was noted.</summary>
    public static Settings Read(IReadOnlyDictionary<string, SettingCursor> map, Settings settings)
    {
        if (map.TryGetValue("reinject", out var reinject))
            settings = settings with { Reinject = Reinject(reinject) };
        if (map.TryGetValue("journal", out var journal))
            settings = settings with { Journal = settings.Journal with { Path = journal.AbsolutePath() } };
        if (map.TryGetValue("journal-keep", out var keep))
            settings = settings with { Journal = settings.Journal with { Keep = keep.Time(TimeSpan.FromHours(1), TimeSpan.FromDays(100)) ?? settings.Journal.Keep } };
        if (map.TryGetValue("recipient-delimiter", out var delimiter))
            settings = settings with { RecipientDelimiter = Delimiter(delimiter) ?? settings.RecipientDelimiter };
        if (map.TryGetValue("aliases", out var aliases))
            settings = settings with { Aliases = Aliases(aliases) };
        if (map.TryGetValue("hop-key", out var hopKey))
            settings = settings with { HopKeys = [.. hopKey.List().Select(static entry => SecretSource.Read(entry, "key")).OfType<SecretSource>()] };
        return settings;
    }

    private static ReinjectSettings? Reinject(SettingCursor setting)
    {
        if (setting.Node is not YamlMappingNode)
            return Target(setting) is { } only ? new ReinjectSettings(only) : null;
        var map = setting.Map();
        if (!map.TryGetValue("address", out var address))
            setting.Complain("it has no address, such as `address: smtp://127.0.0.1:10026`");
        string? daemonName = map.TryGetValue("daemon-name", out var name) ? name.Text() : null;
        if (daemonName?.Any(static c => c is <= ' ' or > '~') is true)
            name!.Complain($"'{daemonName}' is not the name of a listener: one word of ASCII");
        int? connections = map.TryGetValue("connections", out var number) ? number.Number(1, 1000) : null;
        int? bccCopies = map.TryGetValue("bcc-copies", out var copies) ? copies.Number(0, 1000) : null;
        if (address is null || Target(address) is not { } target)
            return null;
        var reinject = new ReinjectSettings(target) { DaemonName = daemonName };
        return reinject with { Connections = connections ?? reinject.Connections, BccCopies = bccCopies ?? reinject.BccCopies };
    }

    private static InjectionTarget? Target(SettingCursor setting)
    {
        if (setting.Text() is not { } text)
            return null;
        if (InjectionTarget.TryParse(text, out var target, out string? fault))
            return target;
        setting.Complain($"'{text}' {fault}");
        return null;
    }

    private static string? Delimiter(SettingCursor setting)
    {
        if (setting.Node is YamlScalarNode { Value: "", Style: ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted })
            return "";
        if (setting.Text() is not { } text)
            return null;
        if (text.All(static c => char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c)) && c is not ('@' or '"' or '\\')) && text.Length <= 8)
            return text;
        setting.Complain($"'{text}' is not a delimiter: one or more of such as + - = _, or '' for none");
        return null;
    }

    private static List<AliasSettings> Aliases(SettingCursor setting)
    {
        if (setting.Node is not YamlSequenceNode)
        {
            setting.Complain("it must be a list, such as `aliases: [{address: sales@example.org, keys-of: [alice@example.org, bob@example.org]}]`");
            return [];
        }
        var seen = new HashSet<MailAddress>();
        var aliases = new List<AliasSettings>();
        foreach (var entry in setting.List())
        {
            var map = entry.Map();
            foreach (string key in (string[])["address", "keys-of"])
            {
                if (!map.ContainsKey(key) && entry.Node is YamlMappingNode)
                    entry.Complain($"it has no {key}");
            }
            var address = map.GetValueOrDefault("address")?.Address();
            MailAddress[] keysOf = map.TryGetValue("keys-of", out var others) ? [.. others.List().Select(static other => other.Address()).OfType<MailAddress>()] : [];
            bool readdress = map.TryGetValue("readdress", out var word) && word.YesOrNo() is true;
            if (address is null)
                continue;
            if (!seen.Add(address))
                map["address"].Complain($"there is an alias {address} before it");
            aliases.Add(new AliasSettings(address, keysOf, readdress));
        }
        return aliases;
    }
}
