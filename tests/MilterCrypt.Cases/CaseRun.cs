using MilterCrypt.Cases.Expectations;
using MilterCrypt.Cases.Filter;
using MilterCrypt.Cases.Language;
using MilterCrypt.Cases.Mta;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Cases;

/// <summary>Runs one case on one mail server, and says what was otherwise than it should be.</summary>
/// <param name="testCase">What is run.</param>
/// <param name="mta">On what.</param>
/// <param name="log">What the filter is told; null where the filter is none of ours.</param>
/// <param name="ct">Gives up.</param>
public sealed class CaseRun(TextCase testCase, ICaseMta mta, FilterLog? log, CancellationToken ct)
{
    private readonly List<string> differences = [];
    private ICaseConnection? connection;

    /// <param name="testCase">What is run.</param>
    /// <param name="mta">On what.</param>
    /// <param name="server">The server that the mail server asks; it gets the case's filter.</param>
    /// <param name="second">How long a second of WAIT is.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="CaseFailedException">It is not as the case says.</exception>
    public static async Task RunAsync(TextCase testCase, ICaseMta mta, FilterServer server, TimeSpan second, CancellationToken ct)
    {
        var log = new FilterLog(testCase.Told);
        server.Use(new CaseFilter(testCase, log, second));
        var run = new CaseRun(testCase, mta, log, ct);
        var aftermath = await run.TalkAsync();
        await log.SettleAsync();
        run.differences.AddRange(ToldCheck.Compare(testCase.Told.Where(told => told.On.Includes(mta.Kind)), log.Lines));
        run.differences.AddRange(await new OutcomeCheck(testCase, mta.Kind, open: null).CompareAsync(aftermath));
        if (run.differences.Count > 0)
            throw new CaseFailedException($"{testCase.Title} ({mta.Kind})", run.differences);
    }

    /// <summary>What was not as it should be, so far.</summary>
    public IReadOnlyList<string> Differences => differences;

    private ICaseConnection Open => connection ?? throw new InvalidOperationException("the client is not connected");

    /// <summary>Plays the client, and compares the replies.</summary>
    /// <returns>What became of the mail.</returns>
    public async Task<Aftermath> TalkAsync()
    {
        try
        {
            if (testCase.Client[0] is not (ClientStep.Connect or ClientStep.Submit))
            {
                await DoAsync(new ClientStep.Connect(testCase.Client[0].Place));
                if (testCase.Client[0] is not ClientStep.Command { Line: var first } || !(first.StartsWith("EHLO", StringComparison.Ordinal) || first.StartsWith("HELO", StringComparison.Ordinal)))
                    await DoAsync(new ClientStep.Command(testCase.Client[0].Place, "EHLO client.test.example"));
            }

            foreach (var step in testCase.Client)
                await DoAsync(step);
        }
        finally
        {
            await HangUpAsync(politely: true);
        }

        return await mta.SettleAsync(ct);
    }

    private async Task DoAsync(ClientStep step)
    {
        switch (step)
        {
            case ClientStep.Connect:
                await HangUpAsync(politely: true);
                var (opened, greeting) = await mta.ConnectAsync(ct);
                connection = opened;
                Compare(step, greeting);
                break;
            case ClientStep.HangUp:
                await HangUpAsync(politely: false);
                break;
            case ClientStep.Submit submit:
                await mta.SubmitAsync(submit, ct);
                break;
            case ClientStep.Command command:
                Compare(step, await Open.CommandAsync(command.Line));
                break;
            case ClientStep.Data data:
                var go = await Open.CommandAsync("DATA");
                Compare(step, data.Message is null || go.Code != 354 ? go : await EndAsync(Open.SendDataAsync(data.Message)));
                break;
            case ClientStep.Chunk chunk:
                var sending = Open.SendChunkAsync(chunk.Bytes, chunk.IsLast);
                Compare(step, chunk.IsLast ? await EndAsync(sending) : await sending);
                break;
            default:
                throw new InvalidOperationException($"{step}");
        }
    }

    // A client that says QUIT so soon that the filter can't tell whether its answer arrived is another story.
    private async Task<SmtpAnswer> EndAsync(Task<SmtpAnswer> sending)
    {
        var answer = await sending;
        if (log is not null)
            await log.SettleAsync();
        return answer;
    }

    private async Task HangUpAsync(bool politely)
    {
        if (connection is null)
            return;
        if (politely)
            await connection.CommandAsync("QUIT");
        await connection.DisposeAsync();
        connection = null;
    }

    private void Compare(ClientStep step, SmtpAnswer answer)
    {
        var expected = step.Replies.Where(line => line.On.Includes(mta.Kind)).Select(line => line.Text).ToList();
        if (!ReplyCheck.Matches(expected, answer))
            differences.Add($"{step.Place}: {mta.Kind} replies\n  {ReplyCheck.Show(answer)}\ninstead of\n  {(expected.Count == 0 ? "any success" : string.Join("\n  ", expected))}");
    }
}
