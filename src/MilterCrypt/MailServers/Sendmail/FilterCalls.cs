using MilterCrypt.Milter.Listening;

namespace MilterCrypt.MailServers.Sendmail;

/// <summary>Whether Sendmail calls us, on each of its listeners.</summary>
internal static class FilterCalls
{
    /// <summary>A finding for each way around.</summary>
    public static IEnumerable<Finding> Of(SendmailConfiguration configuration, IReadOnlyList<SendmailFilter> ours, OwnFilter own)
    {
        string file = configuration.File;
        var general = configuration.InputMailFilters;
        foreach (string unknown in general.Concat(configuration.Daemons.SelectMany(daemon => daemon.Filters ?? [])).Distinct()
            .Where(name => !configuration.Filters.Any(filter => Same(filter.Name, name))))
            yield return Finding.Error($"{file}: InputMailFilters names {Words.Value(unknown)}, but there is no line X{Words.Value(unknown)}: Sendmail won't start so");

        MilterEndpoint? address = own.Addresses.Count > 0 ? own.Addresses[0] : null;
        if (ours.Count == 0)
        {
            string others = configuration.Filters.Count == 0 ? "no filter" : "only " + Words.Value(string.Join(", ", configuration.Filters.Select(filter => filter.Address)));
            yield return Finding.Error(
                $"{file}: it names {others}{Listening(own)}: Sendmail never calls the filter, and all mail leaves as it came; "
                + $"write in sendmail.mc: {SendmailCheck.LineFor("miltercrypt", address)}");
            yield break;
        }

        bool Calls(IReadOnlyList<string> names) => IsCalled(ours, names);
        string list = Words.Value(string.Join(", ", general));
        var lists = configuration.Daemons.Select(daemon => daemon.Filters ?? general).DefaultIfEmpty(general);
        if (!lists.Any(Calls))
        {
            yield return Finding.Error(
                $"{file}: InputMailFilters={list}: {ours[0].Name} is defined, but never called, and all mail leaves as it came; "
                + $"write in sendmail.mc: {SendmailCheck.LineFor(ours[0].Name, ours[0].Endpoint)} (MAIL_FILTER alone doesn't call it)");
            yield break;
        }
        foreach (var daemon in configuration.Daemons.Where(daemon => !Calls(daemon.Filters ?? general) && !Injection.IsAt(daemon, own)))
        {
            yield return Finding.Warning(daemon.Filters is { } names
                ? $"{file}: DaemonPortOptions of {Words.Value(daemon.Name)}: InputMailFilters={Words.Value(string.Join(";", names))}: what this listener takes passes by the filter; add {ours[0].Name}"
                : $"{file}: InputMailFilters={list}: what the listener {Words.Value(daemon.Name)} takes passes by the filter; write in sendmail.mc: {SendmailCheck.LineFor(ours[0].Name, ours[0].Endpoint)}");
        }
    }

    /// <summary>Whether a list of names has one of these filters.</summary>
    internal static bool IsCalled(IReadOnlyList<SendmailFilter> filters, IReadOnlyList<string> names) =>
        filters.Any(filter => names.Any(name => Same(name, filter.Name)));

    private static string Listening(OwnFilter own) =>
        own.Addresses.Count == 0 ? "" : $" (ours listens on {string.Join(", ", own.Addresses)})";

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
