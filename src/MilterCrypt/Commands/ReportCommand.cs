using System.CommandLine;
using MilterCrypt.Commands.Reporting;
using MilterCrypt.Commands.Tracing;

namespace MilterCrypt.Commands;

/// <summary>`report`: who was refused, or would have been, and why.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var since = new Option<string?>("--since") { Description = "What was before is left out: 7d, 12h, 30m, or a time such as 2026-11-23 or 2026-11-23T08:00Z", HelpName = "TIME" };
        var until = new Option<string?>("--until") { Description = "What was after is left out, likewise", HelpName = "TIME" };
        var by = new Option<string?>("--by") { Description = "Counts by this alone: recipient, sender, rule or reason", HelpName = "WHAT" };
        by.AcceptOnlyFromAmong("recipient", "sender", "rule", "reason");
        var log = new Option<string[]>("--log") { Description = "A file with the filter's log, in place of journald's; - is standard input; repeatable", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Writes a JSON object" };
        var command = new Command("report", "Says, from the log, who was refused, or would be without `mode: report`, and why, the most frequent first.") { since, until, by, log, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new LogSource(parsed.GetValue(log) ?? []),
            ReportSpan.Read(parsed.GetValue(since), parsed.GetValue(until), TimeProvider.System.GetUtcNow()),
            parsed.GetValue(by),
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        LogSource log, ReportSpan span, string? by, bool asJson, TextWriter output, CancellationToken cancellationToken)
    {
        var tally = new Tally(by);
        await foreach (var (place, line) in log.ReadAsync(span.Since, cancellationToken))
        {
            if (span.Includes(line.Time, place))
                tally.Add(line);
        }
        foreach (string text in asJson ? [TallyJson.Of(tally, span)] : TallyText.Lines(tally))
            await output.WriteLineAsync(text);
        return ExitCode.Ok;
    }
}
