using System.CommandLine;
using MilterCrypt.Commands.Tracing;
using MilterCrypt.Engine.Journal.Sqlite;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>`trace`: what became of one message, of what the log and the journal know.</summary>
internal static class TraceCommand
{
    public static Command Create(Option<string> config)
    {
        var queueId = new Argument<string>("QUEUEID") { Description = "What the mail server calls the message, or one of its forms" };
        var log = new Option<string[]>("--log") { Description = "A file with the filter's log, in place of journald's; - is standard input; repeatable", HelpName = "FILE" };
        var journal = new Option<string?>("--journal") { Description = "The journal, in place of the configuration's", HelpName = "FILE" };
        var command = new Command("trace", "Says what became of a message for each of its recipients, by its queue id; exits with 1 where nothing is known of it.") { queueId, log, journal };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(config),
            parsed.GetRequiredValue(queueId),
            new LogSource(parsed.GetValue(log) ?? []),
            parsed.GetValue(journal),
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string file, string queueId, LogSource log, string? journal, TextWriter output, CancellationToken cancellationToken)
    {
        var trace = new MessageTrace(queueId);
        if (await JournalOfAsync(file, journal, cancellationToken) is { } path)
            await AddJournalAsync(trace, path, cancellationToken);
        await AddLogAsync(trace, log, cancellationToken);
        // What came before the line that tells whose form this is has passed by.
        if (trace.HasNewOriginals && log.CanBeReadAgain)
            await AddLogAsync(trace, log, cancellationToken);
        else if (trace.HasNewOriginals)
            await Console.Error.WriteLineAsync($"miltercrypt: standard input is read once: `trace {PrintableText.Of(trace.Originals[0])}` shows all of the message that came in");

        if (trace.IsEmpty)
            return CommandLine.Say($"nothing is known of {PrintableText.Of(queueId)}", ExitCode.No);
        await output.WriteLineAsync(TraceText.Of(trace));
        return ExitCode.Ok;
    }

    private static async Task AddLogAsync(MessageTrace trace, LogSource log, CancellationToken cancellationToken)
    {
        trace.BeginLog();
        await foreach (var (_, line) in log.ReadAsync(null, cancellationToken))
            trace.Add(line);
    }

    private static async Task AddJournalAsync(MessageTrace trace, string path, CancellationToken cancellationToken)
    {
        trace.Add(await SqliteJournal.TraceAsync(path, trace.QueueId, cancellationToken));
        foreach (string original in trace.Originals.ToList())
            trace.Add(await SqliteJournal.TraceAsync(path, original, cancellationToken));
    }

    /// <summary>The journal that is named, or the configuration's where there are both.</summary>
    private static async Task<string?> JournalOfAsync(string file, string? named, CancellationToken cancellationToken)
    {
        if (named is not null)
            return Path.GetFullPath(named);
        return File.Exists(file) && (await ConfigurationLoading.LoadAsync(file, cancellationToken)).Journal.Path is { } path && File.Exists(path)
            ? path
            : null;
    }
}
