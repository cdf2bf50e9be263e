using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Faults;

/// <summary>One run: a client that tries until it is satisfied, and things that fail meanwhile.</summary>
public sealed class FaultRun(FaultStage stage, FaultPlan plan)
{
    private const int MostTries = 60;

    private readonly List<SmtpAnswer> heard = [];

    /// <summary>Does it on a stage of its own kind.</summary>
    public static async Task<FaultOutcome> DoAsync(FaultStage stage, int seed)
    {
        var plan = FaultPlan.Of(seed);
        return plan.Kind.Missing(stage) is { } missing
            ? new FaultOutcome(plan) { Skipped = missing }
            : await new FaultRun(stage, plan).DoAsync();
    }

    private async Task<FaultOutcome> DoAsync()
    {
        var client = new QueueingClient(stage.Postfix.SmtpPort, plan.Message, stage.Signs ? FaultMessage.Author : null);
        await stage.EnsureRunningAsync();
        stage.BeginRun();
        try
        {
            foreach (var fault in plan.Faults)
                await SufferAsync(fault, client);
            while (client.IsWaiting && heard.Count < MostTries)
                await TryAsync(client);
            await stage.EnsureRunningAsync();
            await stage.SettleAsync();
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            return new FaultOutcome(plan) { Retries = heard.Count - 1, Problems = [$"{e.Message}\n{stage.Log}"] };
        }

        return await new FaultJudge(stage, plan, client, heard).JudgeAsync();
    }

    private async Task SufferAsync(Fault fault, QueueingClient client)
    {
        if (!client.IsWaiting)
            return;
        await stage.EnsureRunningAsync();
        await fault.ArmAsync(stage, client);
        try
        {
            for (int i = 0; i < fault.Tries && client.IsWaiting; i++)
                heard.Add(await client.TryAsync());
        }
        finally
        {
            await fault.RelieveAsync(stage);
        }

        if (plan.StaysDown && stage.Daemon.HasEnded && client.IsWaiting)
            heard.Add(await client.TryAsync());
    }

    private async Task TryAsync(QueueingClient client)
    {
        await stage.EnsureRunningAsync();
        // What the last try left behind may still be at work, and must be let do it.
        if (heard.Count > plan.Faults.Count)
            await Task.Delay(TimeSpan.FromMilliseconds(20 * heard.Count));
        heard.Add(await client.TryAsync());
    }
}
