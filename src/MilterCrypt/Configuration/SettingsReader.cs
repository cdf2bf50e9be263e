using Microsoft.Extensions.Logging;
using YamlDotNet.RepresentationModel;

namespace MilterCrypt.Configuration;

/// <summary>Turns YAML into <see cref="Settings"/>, noting all that is wrong.</summary>
/// <param name="problems">Where what is wrong is noted.</param>
/// <param name="now">The time of reading.</param>
internal sealed class SettingsReader(List<ConfigurationProblem> problems, DateTimeOffset now)
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    /// <summary>Reads everything; what it returns is of use only where nothing was noted.</summary>
    public Settings Read(YamlMappingNode root)
    {
        var map = new SettingCursor(root, "", problems).Map();
        var settings = new Settings();
        if (map.TryGetValue("listen", out var listen))
            settings = settings with { Listen = [.. listen.List().Select(ListenReader.Read).OfType<ListenSettings>()] };
        if (map.TryGetValue("store", out var store))
            settings = settings with { Store = Store(store) };
        if (map.TryGetValue("spool", out var spool))
            settings = settings with { Spool = Spool(spool.Map()) };
        if (map.TryGetValue("log", out var log))
            settings = settings with { Log = Log(log.Map()) };
        if (map.TryGetValue("http", out var http))
            settings = settings with { Http = Http(http) };
        if (map.TryGetValue("limits", out var limits))
            settings = settings with { Limits = Limits(limits.Map()) };
        if (map.TryGetValue("timeouts", out var timeouts))
            settings = settings with { Timeouts = Timeouts(timeouts.Map()) };
        if (map.TryGetValue("secret-keys", out var secretKeys))
            settings = settings with { SecretKeys = SecretKeysReader.Read(secretKeys) };
        if (map.TryGetValue("signers", out var signers))
            settings = settings with { Signers = SignersReader.Read(signers) };
        if (map.TryGetValue("emergency-bypass", out var bypass))
            settings = settings with { EmergencyBypass = BypassSettings.Read(bypass, now) };
        if (map.TryGetValue("held", out var held))
            settings = settings with { Held = HeldReader.Read(held) };
        return ReadPolicy(map, SplittingReader.Read(map, settings));
    }

    private static Settings ReadPolicy(IReadOnlyDictionary<string, SettingCursor> map, Settings settings)
    {
        var ground = new PolicyGround(
            HasSecretKeys: map.ContainsKey("secret-keys"),
            HasLocalDomains: map.ContainsKey("local-domains"),
            CanHold: map.ContainsKey("held"),
            HasTwoHops: map.ContainsKey("hop-key"));
        if (map.TryGetValue("local-domains", out var localDomains))
            settings = settings with { LocalDomains = localDomains.Domains() };
        if (map.TryGetValue("own-networks", out var ownNetworks))
            settings = settings with { OwnNetworks = ownNetworks.Networks() };
        if (map.TryGetValue("policy", out var policy))
            settings = settings with { Policy = new PolicyReader(ground).Read(policy) };
        if (map.TryGetValue("rules", out var rules))
            settings = settings with { Rules = RulesReader.Read(rules, ground) };
        return settings;
    }

    private static StoreSettings? Store(SettingCursor setting)
    {
        if (setting.Text() is not { } text)
            return null;
        if (text.StartsWith("sqlite:/", StringComparison.Ordinal) && !text.EndsWith('/') && !text.Contains('\0', StringComparison.Ordinal))
            return new StoreSettings(text["sqlite:".Length..]);
        setting.Complain($"'{text}' is not sqlite:/path, such as sqlite:/var/lib/miltercrypt/keys.db");
        return null;
    }

    private static SpoolSettings Spool(IReadOnlyDictionary<string, SettingCursor> map)
    {
        const long least = 1 << 16;
        var spool = new SpoolSettings();
        if (map.TryGetValue("directory", out var directory))
            spool = spool with { Directory = directory.AbsolutePath() ?? spool.Directory };
        if (map.TryGetValue("message-memory", out var messageMemory))
            spool = spool with { MessageMemory = (int)(messageMemory.Size(0, 1 << 30) ?? spool.MessageMemory) };
        if (map.TryGetValue("memory", out var memory))
            spool = spool with { Memory = memory.Size(least, 1L << 40) ?? spool.Memory };
        if (map.TryGetValue("disk", out var disk))
            spool = spool with { Disk = disk.Size(least, 1L << 50) ?? spool.Disk };
        return spool;
    }

    private static LogSettings Log(IReadOnlyDictionary<string, SettingCursor> map)
    {
        var log = new LogSettings();
        if (map.TryGetValue("format", out var format))
            log = log with { Format = format.Word(("text", LogFormat.Text), ("json", LogFormat.Json)) ?? log.Format };
        if (map.TryGetValue("level", out var level))
        {
            log = log with
            {
                Level = level.Word(
                    ("debug", LogLevel.Debug),
                    ("information", LogLevel.Information),
                    ("warning", LogLevel.Warning),
                    ("error", LogLevel.Error)) ?? log.Level,
            };
        }
        return log;
    }

    private static HttpSettings? Http(SettingCursor setting)
    {
        if (setting.Map().TryGetValue("address", out var address))
            return address.Endpoint() is { } endpoint ? new HttpSettings(endpoint) : null;
        if (setting.Node is YamlMappingNode)
            setting.Complain("it has no address, such as `address: 127.0.0.1:8892`");
        return null;
    }

    private static LimitSettings Limits(IReadOnlyDictionary<string, SettingCursor> map)
    {
        var limits = new LimitSettings();
        if (map.TryGetValue("connections", out var connections))
            limits = limits with { Connections = connections.ConnectionCount() ?? limits.Connections };
        if (map.TryGetValue("recipients", out var recipients))
            limits = limits with { Recipients = recipients.Number(1, 100_000) ?? limits.Recipients };
        if (map.TryGetValue("header", out var header))
            limits = limits with { Header = (int)(header.Size(1 << 12, 1 << 26) ?? limits.Header) };
        return limits;
    }

    private static TimeoutSettings Timeouts(IReadOnlyDictionary<string, SettingCursor> map)
    {
        var timeouts = new TimeoutSettings();
        if (map.TryGetValue("verdict", out var verdict))
            timeouts = timeouts with { Verdict = verdict.Time(OneSecond, TimeSpan.FromHours(1)) ?? timeouts.Verdict };
        if (map.TryGetValue("idle", out var idle))
            timeouts = timeouts with { Idle = idle.Time(OneSecond, TimeSpan.FromDays(7)) ?? timeouts.Idle };
        if (map.TryGetValue("stop", out var stop))
            timeouts = timeouts with { Stop = stop.Time(OneSecond, TimeSpan.FromMinutes(10)) ?? timeouts.Stop };
        return timeouts;
    }
}
