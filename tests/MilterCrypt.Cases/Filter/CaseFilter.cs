using System.Globalization;
using MilterCrypt.Cases.Language;
using MilterCrypt.Milter;

namespace MilterCrypt.Cases.Filter;

/// <summary>The filter of one case: does what the case says, and writes down what it is told.</summary>
public sealed class CaseFilter : IMailFilter
{
    private readonly IReadOnlyList<FilterRule> rules;
    private readonly FilterLog log;
    private readonly TimeSpan second;
    private int messages;

    /// <param name="testCase">What it does.</param>
    /// <param name="log">Where it writes.</param>
    /// <param name="second">How long a second of WAIT is.</param>
    public CaseFilter(TextCase testCase, FilterLog log, TimeSpan second)
    {
        rules = testCase.Filter;
        this.log = log;
        this.second = second;
        Steps = StepFor("CONNECT", FilterStep.Connect, FilterSteps.Connect) | StepFor("HELO", FilterStep.Helo, FilterSteps.Helo)
            | StepFor("UNKNOWN", FilterStep.Unknown, FilterSteps.Unknown) | StepFor("DATA", FilterStep.Data, FilterSteps.Data);

        FilterSteps StepFor(string kind, FilterStep step, FilterSteps bit) =>
            rules.Any(rule => rule.Step == step) || testCase.Told.Any(told => told.Kind == kind) ? bit : FilterSteps.None;
    }

    /// <summary>Only what the case is about: what nobody asks for must be negotiated away.</summary>
    public FilterSteps Steps { get; }

    public async ValueTask<StepReply> ConnectAsync(SmtpSession session, CancellationToken cancellationToken)
    {
        log.Write("CONNECT", $"{session.ClientHost} {session.ClientAddress?.ToString() ?? "unknown"}");
        log.WriteMacros("CONNECT", session.Macros);
        return await AnswerAsync(FilterStep.Connect, null, cancellationToken);
    }

    public async ValueTask<StepReply> HeloAsync(SmtpSession session, CancellationToken cancellationToken)
    {
        log.Write("HELO", Escapes.Write(session.Helo));
        log.WriteMacros("HELO", session.Macros);
        return await AnswerAsync(FilterStep.Helo, null, cancellationToken);
    }

    public async ValueTask<StepReply> UnknownAsync(SmtpSession session, string commandLine, CancellationToken cancellationToken)
    {
        log.Write("UNKNOWN", Escapes.Write(commandLine));
        return await AnswerAsync(FilterStep.Unknown, null, cancellationToken);
    }

    public IMessageHandler Begin(MailTransaction mail) => new CaseHandler(this, log, mail, Interlocked.Increment(ref messages));

    /// <summary>What is done at a step that is neither RCPT nor the end.</summary>
    internal async ValueTask<StepReply> AnswerAsync(FilterStep step, int? message, CancellationToken cancellationToken)
    {
        var reply = StepReply.Continue;
        await foreach (var answer in AnswersAsync(step, message, null, cancellationToken))
        {
            reply = answer switch
            {
                FilterAnswer.Accept => StepReply.Accept,
                FilterAnswer.Discard => StepReply.Discard,
                FilterAnswer.Refuse refuse => new StepReply.Refused(refuse.Reply),
                _ => throw new InvalidOperationException($"{answer} is nothing to do at {step}"),
            };
        }

        return reply;
    }

    /// <summary>What the case says for a step, after the waiting and failing that it may want.</summary>
    internal async IAsyncEnumerable<FilterAnswer> AnswersAsync(
        FilterStep step, int? message, int? recipient, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var rule in rules.Where(rule => rule.Step == step && Fits(rule.Message, message) && Fits(rule.Recipient, recipient)))
        {
            switch (rule.Answer)
            {
                case FilterAnswer.Wait wait:
                    await Task.Delay(second * wait.Seconds, cancellationToken);
                    break;
                case FilterAnswer.Fail:
                    throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{rule.Place} wants it"));
                default:
                    yield return rule.Answer;
                    break;
            }
        }
    }

    private static bool Fits(int? wanted, int? actual) => wanted is null || wanted == actual;
}
