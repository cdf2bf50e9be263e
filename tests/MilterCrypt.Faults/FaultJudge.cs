using System.Text;
using System.Text.RegularExpressions;
using MilterCrypt.Faults.Kinds;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Faults;

/// <summary>Holds what arrived against what the client was told, and each copy that came twice against the windows that
/// docs/exactly-once.md names.</summary>
internal sealed partial class FaultJudge(FaultStage stage, FaultPlan plan, QueueingClient client, IReadOnlyList<SmtpAnswer> heard)
{
    private readonly List<string> problems = [];
    private readonly Dictionary<string, int> doubled = [];
    private int elsewhere;

    public async Task<FaultOutcome> JudgeAsync()
    {
        // A line of the log may come after what it tells of.
        int told = heard.Count(answer => answer.IsSuccess);
        await Patience.UntilAsync(() => Settled().Count(stage.Log) >= told, () => $"{told} answers were heard, and the log is {stage.Log}");
        var delivered = stage.Sink.With(plan.Message.Mark);
        var copies = plan.Message.Recipients.ToDictionary(recipient => recipient, recipient => delivered.Where(copy => copy.Recipients.Contains(recipient)).ToList());
        if (client.IsWaiting)
            problems.Add("the client still tries");

        int lost = copies.Count(pair => client.Taken.Contains(pair.Key) && pair.Value.Count == 0);
        if (lost > 0)
            problems.Add($"{lost} lost: the client was told 250, and nothing came");
        foreach (var (recipient, answer) in client.Refused)
            JudgeRefusal(recipient, answer, copies[recipient].Count);

        int inClear = delivered.Sum(copy => !copy.Contains(FaultMessage.Secret) ? 0 : copy.Recipients.Count(recipient => !FaultMessage.InClear.Contains(recipient)));
        if (inClear > 0)
            problems.Add($"{inClear} in clear");
        foreach (var copy in delivered)
            await JudgeContentAsync(copy);
        if (stage.Sink.Messages.Any(message => message.Sender == "" && message.Contains(plan.Message.Mark)))
            problems.Add("a report of non-delivery");
        foreach (var (recipient, several) in copies.Where(pair => pair.Value.Count > 1))
            JudgeDoubles(recipient, several);
        if (ExceptionInLog().IsMatch(stage.Log))
            problems.Add("an exception that nobody expected is in the log");
        if (problems.Count > 0)
            problems.Add(Story(delivered));

        return new FaultOutcome(plan)
        {
            HasFired = plan.Faults[0].HasFired,
            Retries = heard.Count - 1,
            Doubled = doubled,
            DoubledElsewhere = elsewhere,
            Lost = lost,
            InClear = inClear,
            Problems = problems,
        };
    }

    private void JudgeRefusal(string recipient, SmtpAnswer answer, int copies)
    {
        if (copies > 0 && !answer.Text.Contains(recipient, StringComparison.Ordinal) && !MoreNames().IsMatch(answer.Text))
            problems.Add($"{recipient} got it, and the client was told otherwise: {answer.Code} {answer.Text}");
    }

    /// <summary>What came must be whole: half a message in a recipient's mailbox is worse than none.</summary>
    private async Task JudgeContentAsync(SinkMessage copy)
    {
        if (copy.Field("Content-Type") is [var type, ..] && type.StartsWith("multipart/encrypted", StringComparison.OrdinalIgnoreCase))
        {
            string text = Encoding.Latin1.GetString(copy.Body);
            if (!text.Contains("-----END PGP MESSAGE-----", StringComparison.Ordinal) || !text.TrimEnd().EndsWith("--", StringComparison.Ordinal))
                problems.Add("a message came that is not whole");
            // gpg takes its time: now and then.
            else if (plan.Seed % 7 == 0 && copy.Recipients.Contains(stage.Bob.Address))
            {
                // Its exit code also tells that it doesn't know the signer.
                var opened = await stage.Bob.GpgAsync(["--decrypt"], Encoding.Latin1.GetBytes(text[text.IndexOf("-----BEGIN", StringComparison.Ordinal)..]));
                if (!opened.Output.AsSpan().EndsWith(plan.Message.Body))
                    problems.Add("what was encrypted is not what was sent");
            }
        }
        else if (!copy.Body.AsSpan().SequenceEqual(plan.Message.Body))
            problems.Add("a message came in clear that is not whole");
    }

    private void JudgeDoubles(string recipient, IEnumerable<SinkMessage> copies)
    {
        // In the order in which they were handed over: each but the last needs an excuse, since another was sent after it.
        var ids = copies.Select(copy => QueueId().Match(copy.HeaderText).Groups[1].Value).ToList();
        var carried = stage.Injection.Carried.Where(message => message.QueueId is not null && ids.Contains(message.QueueId)).ToList();
        var windows = Enumerable.Repeat(IsAnswerLost(needsName: false), ids.Count - carried.Count).Concat(carried.Select(Window)).SkipLast(1);
        foreach (string? window in windows)
        {
            if (window is null)
            {
                elsewhere++;
                problems.Add($"{recipient} got it twice, in no documented window");
            }
            else
                doubled[window] = doubled.GetValueOrDefault(window) + 1;
        }
    }

    private string? Window(CarriedMessage carried)
    {
        var death = stage.DeathAfter(carried);
        return carried.IsReplyWithheld ? "reply to the dot lost"
            : death is { WasKilled: true } && !carried.IsAnswered ? "killed before the reply to the dot"
            : death is { WasKilled: true, WasWritten: false } ? "killed before the reply was written down"
            : IsAnswerLost(needsName: true);
    }

    /// <summary>The message was settled more often than the client heard of it. A daemon that is killed behind its verdict leaves no
    /// line of it in the log.</summary>
    /// <param name="needsName">Whether that would not matter for a message that has a name.</param>
    private string? IsAnswerLost(bool needsName) => needsName && plan.Message.IsNamed
        ? null
        : Math.Max(stage.Taken, Settled().Count(stage.Log)) > heard.Count(answer => answer.IsSuccess)
            ? plan.Faults.Any(fault => fault is LostAnswer) ? "250 lost, no name" : "verdict lost, no name"
            : null;

    private string Story(IReadOnlyList<SinkMessage> delivered) =>
        $"{plan}\nheard: {string.Join(" | ", heard.Select(answer => $"{answer.Code} {answer.Text}"))}\n"
        + $"carried:\n{string.Join('\n', stage.Injection.Carried.Select(message => $"  {message}, then {stage.DeathAfter(message)}"))}\n"
        + $"delivered:\n{string.Join('\n', delivered.Select(copy => $"  {QueueId().Match(copy.HeaderText).Groups[1].Value} to {string.Join(' ', copy.Recipients)}"))}\n{stage.Log}";

    // The topmost Received field is that of the listener that took this copy.
    [GeneratedRegex(@"\bid ([0-9A-Za-z]+)")]
    private static partial Regex QueueId();

    [GeneratedRegex(@"outcome=(split|unchanged|encrypted)")]
    private static partial Regex Settled();

    [GeneratedRegex(@"and \d+ more\b")]
    private static partial Regex MoreNames();

    [GeneratedRegex(@"^\s+at MilterCrypt\.", RegexOptions.Multiline)]
    private static partial Regex ExceptionInLog();
}
