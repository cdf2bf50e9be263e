using System.Globalization;

namespace MilterCrypt.MailServers.Sendmail;

/// <summary>The listener at which we hand back mail whose recipients need different forms, where Sendmail has it: whether it doesn't
/// send it round again, and is for this machine alone.</summary>
internal static class Injection
{
    /// <summary>Whether we hand mail back there.</summary>
    public static bool IsAt(SendmailDaemon daemon, OwnFilter own) =>
        own.Settings.Reinject is { Target: { IsLoopback: true } target } && daemon.Port == target.Port.ToString(CultureInfo.InvariantCulture);

    /// <summary>What is wrong with it; nothing where Sendmail has no such listener, since another server may.</summary>
    public static IEnumerable<Finding> Of(SendmailConfiguration configuration, IReadOnlyList<SendmailFilter> ours, OwnFilter own)
    {
        if (own.Settings.Reinject is not { } reinject)
            yield break;
        foreach (var daemon in configuration.Daemons.Where(daemon => IsAt(daemon, own)))
        {
            string place = $"{configuration.File}: DaemonPortOptions of {Words.Value(daemon.Name)}";
            if (FilterCalls.IsCalled(ours, daemon.Filters ?? configuration.InputMailFilters) && reinject.DaemonName != daemon.Name)
                yield return Finding.Error($"{place}: what the filter hands back comes to it again; write there a list without it: {Without(ours, daemon, configuration)}");
            if (!daemon.Address.StartsWith("127.", StringComparison.Ordinal) && daemon.Address is not ("::1" or "IPv6:::1" or "localhost"))
                yield return Finding.Warning($"{place}: other machines reach it, too, and what they send there passes by the filter; write there: Addr=127.0.0.1");
        }
    }

    private static string Without(IReadOnlyList<SendmailFilter> ours, SendmailDaemon daemon, SendmailConfiguration configuration) =>
        "InputMailFilters=" + Words.Value(string.Join(";", (daemon.Filters ?? configuration.InputMailFilters).Where(name => !FilterCalls.IsCalled(ours, [name]))));
}
