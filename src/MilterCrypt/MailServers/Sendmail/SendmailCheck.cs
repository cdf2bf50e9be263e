using MilterCrypt.Milter.Listening;

namespace MilterCrypt.MailServers.Sendmail;

/// <summary>All that is to be said of one sendmail.cf.</summary>
internal static class SendmailCheck
{
    private static readonly Version OldestGood = new(8, 14);

    /// <summary>The findings, each once.</summary>
    public static IReadOnlyList<Finding> Of(SendmailConfiguration configuration, OwnFilter own)
    {
        var ours = configuration.Filters.Where(filter => filter.Endpoint is { } endpoint && own.ListensAt(endpoint)).ToList();
        return
        [
            .. FilterCalls.Of(configuration, ours, own)
                .Concat(Injection.Of(configuration, ours, own))
                .Concat(FiltersBehind.Of(configuration, ours, own))
                .Concat(ours.SelectMany(filter => FilterEquates.Of(configuration.File, filter, own)))
                .Concat(configuration.Filters.SelectMany(filter => SocketSafety.Of(configuration, filter, isOurs: ours.Contains(filter))))
                .Concat(Limits(configuration, own))
                .Concat(Release(configuration))
                .Distinct(),
        ];
    }

    /// <summary>The line of sendmail.mc that is right.</summary>
    public static string LineFor(string name, MilterEndpoint? address)
    {
        string socket = address switch
        {
            MilterEndpoint.Unix unix => $"local:{unix.Path}",
            MilterEndpoint.Inet { Host: "0.0.0.0" or "::" } inet => $"inet:{inet.Port}@localhost",
            MilterEndpoint.Inet inet => $"{(inet.Host.Contains(':', StringComparison.Ordinal) ? "inet6" : "inet")}:{inet.Port}@{(inet.Host.Contains(':', StringComparison.Ordinal) ? $"[{inet.Host}]" : inet.Host)}",
            _ => "ADDRESS",
        };
        return $"INPUT_MAIL_FILTER(`{name}', `S={socket}, F=T, T=C:30s;S:30s;R:60s;E:5m')";
    }

    private static IEnumerable<Finding> Limits(SendmailConfiguration configuration, OwnFilter own)
    {
        var limits = own.Settings.Limits;
        long size = configuration.Number("MaxMessageSize") ?? 0;
        if (own.SpoolFinding($"{configuration.File}: MaxMessageSize={size}", size, $"define(`confMAX_MESSAGE_SIZE', `{own.LargestMessage}')") is { } tooSmall)
            yield return tooSmall;
        if ((configuration.Number("MaxHeadersLength") ?? 32768) is var header && (header == 0 || header > limits.Header))
            yield return Finding.Warning($"{configuration.File}: MaxHeadersLength={header}: more than our limits.header = {Words.Bytes(limits.Header)}, beyond which a message is refused with 552; raise limits.header");
        if (configuration.Number("MaxRecipientsPerMessage") is { } recipients && recipients > limits.Recipients)
            yield return Finding.Note($"{configuration.File}: MaxRecipientsPerMessage={recipients}: our limits.recipients = {limits.Recipients} is less, and recipients beyond it get 452 4.5.3; raise limits.recipients to {recipients}");
    }

    private static IEnumerable<Finding> Release(SendmailConfiguration configuration)
    {
        string[] numbers = configuration.Version.Split('.');
        if (numbers.Length >= 2 && Version.TryParse($"{numbers[0]}.{numbers[1]}", out var release) && release < OldestGood)
            yield return Finding.Warning($"{configuration.File}: Sendmail {Words.Value(configuration.Version)}: this release is older than 8.14, which the filter was made for");
    }
}
