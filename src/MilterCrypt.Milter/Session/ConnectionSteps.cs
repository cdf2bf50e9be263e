namespace MilterCrypt.Milter.Session;

/// <summary>The filter's answers outside of messages: at CONNECT, HELO and commands that the MTA does not know. What it says
/// of the whole session stands until the client connects, or says HELO, again: MTAs ask no more then, and one that does is
/// told the same. Owned by the session.</summary>
internal sealed class ConnectionSteps(SessionServices services, FilterSteps asked, string id)
{
    private StepReply? ofConnect;
    private StepReply? ofHelo;
    private Task unfinished = Task.CompletedTask;

    /// <summary>What is answered to each message of the session, or null where its own handler is asked.</summary>
    public StepReply? Standing => ofConnect ?? ofHelo;

    /// <summary>A client connects.</summary>
    public async ValueTask<StepReply> ConnectAsync(SmtpSession session, CancellationToken peerLost)
    {
        Forget();
        var reply = await AskAsync(FilterSteps.Connect, stop => services.Filter.ConnectAsync(session, stop), peerLost);
        ofConnect = reply is StepReply.GoesOn ? null : reply;
        return reply;
    }

    /// <summary>It says HELO.</summary>
    public async ValueTask<StepReply> HeloAsync(SmtpSession session, CancellationToken peerLost)
    {
        ofHelo = null;
        if (ofConnect is not null)
            return ofConnect;
        var reply = await AskAsync(FilterSteps.Helo, stop => services.Filter.HeloAsync(session, stop), peerLost);
        ofHelo = reply is StepReply.GoesOn ? null : reply;
        return reply;
    }

    /// <summary>It says something that the MTA does not know.</summary>
    public async ValueTask<StepReply> UnknownAsync(SmtpSession session, string commandLine, CancellationToken peerLost)
    {
        if (Standing is not null)
            return Standing is StepReply.Refused ? Standing : StepReply.Continue;
        return await AskAsync(FilterSteps.Unknown, stop => services.Filter.UnknownAsync(session, commandLine, stop), peerLost);
    }

    /// <summary>Another client follows.</summary>
    public void Forget() => (ofConnect, ofHelo) = (null, null);

    /// <summary>Waits for what the filter may still be doing.</summary>
    public async ValueTask EndAsync() => await unfinished;

    private async ValueTask<StepReply> AskAsync(
        FilterSteps step, Func<CancellationToken, ValueTask<StepReply>> question, CancellationToken peerLost)
    {
        if (!asked.HasFlag(step))
            return StepReply.Continue;

        var stop = CancellationTokenSource.CreateLinkedTokenSource(peerLost);
        Task earlier = unfinished;
        var answer = await Question.AskAsync(() => AskBehindAsync(earlier, question, stop.Token), services, peerLost);
        bool inTime = answer.IsCompleted;
        unfinished = EndAsync(answer, stop);
        if (inTime && answer.IsCompletedSuccessfully)
        {
            StepReply reply = await answer;
            return Fits(reply, step) ? reply : Failure(new InvalidOperationException($"{reply} is no answer at {step}."));
        }

        if (peerLost.IsCancellationRequested)
            return new StepReply.Refused(SmtpReply.FilterFailure);
        if (inTime)
            return Failure(answer.Exception?.InnerException);

        MilterLog.HandlerTooSlow(services.Logger, id, services.Options.CommandTimeout);
        return new StepReply.Refused(SmtpReply.FilterFailure);
    }

    // A call that hangs, or has not let go yet, is not joined by another.
    private static async ValueTask<StepReply> AskBehindAsync(
        Task earlier, Func<CancellationToken, ValueTask<StepReply>> question, CancellationToken stopped)
    {
        await earlier;
        stopped.ThrowIfCancellationRequested();
        return await question(stopped);
    }

    private static bool Fits(StepReply reply, FilterSteps step) =>
        reply is StepReply.GoesOn or StepReply.Refused || (reply is StepReply.Accepted && step != FilterSteps.Unknown);

    // What the filter does upon its cancellation is its own, and runs by itself.
    private async Task EndAsync(Task answer, CancellationTokenSource stop)
    {
        if (!answer.IsCompleted)
        {
            Task cancelling = stop.CancelAsync();
            await cancelling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancelling.Exception is { InnerException: { } failure })
                MilterLog.HandlerEndFailed(services.Logger, failure, id);
            await answer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        stop.Dispose();
    }

    private StepReply.Refused Failure(Exception? failure)
    {
        MilterLog.HandlerFailed(services.Logger, failure, id);
        return new StepReply.Refused(SmtpReply.FilterFailure);
    }
}
