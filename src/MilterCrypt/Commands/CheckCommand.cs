using System.CommandLine;
using MilterCrypt.Configuration;
using MilterCrypt.Daemon;
using MilterCrypt.MailServers;

namespace MilterCrypt.Commands;

/// <summary>`check`: what is wrong or suspicious, before mail finds out.</summary>
internal static class CheckCommand
{
    public static Command Create(Option<string> config)
    {
        var postfix = new Option<string[]>("--postfix")
        {
            Description = "A folder with Postfix's main.cf and master.cf to look at, in place of the usual ones; repeatable",
            HelpName = "DIR",
        };
        var sendmail = new Option<string[]>("--sendmail")
        {
            Description = "A sendmail.cf to look at, likewise",
            HelpName = "FILE",
        };
        var noMta = new Option<bool>("--no-mta") { Description = "Look at no mail server and try no socket" };
        var command = new Command("check", "Reads the configuration, the key store and the mail server's configuration, tries the sockets, and says what is wrong or suspicious.")
        {
            postfix,
            sendmail,
            noMta,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var choice = new MailServerChoice(
                [.. (parsed.GetValue(postfix) ?? []).Select(FromHere)], [.. (parsed.GetValue(sendmail) ?? []).Select(FromHere)]);
            return RunAsync(
                parsed.GetRequiredValue(config), parsed.GetValue(noMta) ? null : choice, parsed.InvocationConfiguration.Output, cancellationToken);
        });
        return command;
    }

    private static string FromHere(string path) => Path.GetFullPath(Path.Combine(Environment.CurrentDirectory, path));

    private static async Task<int> RunAsync(string file, MailServerChoice? mailServers, TextWriter output, CancellationToken cancellationToken)
    {
        ConfigurationLoading.RequireNativeLibraries();
        var settings = await ConfigurationLoading.LoadAsync(file, cancellationToken);
        var report = new CheckReport();
        foreach (string suspicion in SuspicionList.Of(settings))
            report.Warning(suspicion);
        if (settings.Listen.Count == 0)
            report.Warning("there is no `listen`: `serve` needs --listen ADDRESS");
        StartCheck.Run(settings, report);
        if (settings.Store is { } store)
            await StoreCheck.RunAsync(settings, store, report, cancellationToken);
        else
            report.Error("there is no `store`, such as `store: sqlite:/var/lib/miltercrypt/keys.db`");
        if (mailServers is not null)
            await CheckMailServersAsync(settings, mailServers, report, cancellationToken);

        await report.WriteAsync(file, output);
        return report.HasErrors ? ExitCode.Configuration : ExitCode.Ok;
    }

    private static async Task CheckMailServersAsync(
        Settings settings, MailServerChoice choice, CheckReport report, CancellationToken cancellationToken)
    {
        var found = await MailServerReport.OfAsync(new OwnFilter(settings, MilterDaemon.MilterOptionsOf(settings)), choice, cancellationToken);
        foreach (string fact in found.Facts)
            report.Fact(fact);
        foreach (var finding in found.Findings)
            report.Add(finding);
    }
}
