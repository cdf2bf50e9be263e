using System.Buffers;

namespace MilterCrypt.Milter.Session;

/// <summary>One message between MAIL and its verdict: its handler, and what the MTA must be told when that fails.
/// Owned by the session; never more than one at a time.</summary>
internal sealed class MessageInFlight : IAsyncDisposable
{
    private readonly SessionServices services;
    private readonly Admission admission;
    private readonly MessageTally tally;
    private readonly CancellationTokenSource stop;
    private readonly CancellationToken peerLost;
    private readonly CancellationToken interrupted;
    private IMessageHandler? handler;
    private Task unfinished = Task.CompletedTask;
    private Task cancelling = Task.CompletedTask;
    private BodyFeed? body;
    private MailVerdict? answered;
    private bool aborted;
    private bool crowded;

    /// <param name="mail">What is known of it.</param>
    /// <param name="services">What all sessions share.</param>
    /// <param name="peerLost">The MTA is gone.</param>
    /// <param name="interrupted">Likewise, or the server can wait no longer.</param>
    public MessageInFlight(
        MailTransaction mail, SessionServices services, CancellationToken peerLost, CancellationToken interrupted)
    {
        Mail = mail;
        this.services = services;
        this.peerLost = peerLost;
        this.interrupted = interrupted;
        admission = new Admission(mail, services.Options);
        tally = services.Metrics.MessageBegun(services.Time);
        stop = CancellationTokenSource.CreateLinkedTokenSource(peerLost);
    }

    public MailTransaction Mail { get; }

    /// <summary>The whole message's refusal once something went wrong; the handler is not asked again then.</summary>
    public SmtpReply? Failure { get; private set; }

    private string LogName => Mail.QueueId ?? Mail.Session.Id;

    /// <summary>Lets the filter begin, and asks about the sender.</summary>
    public async ValueTask<StepReply> BeginAsync()
    {
        handler = await AskAsync(() => ValueTask.FromResult(services.Filter.Begin(Mail)));
        return await AskStepAsync(() => handler!.SenderAsync(stop.Token));
    }

    /// <summary>Asks at DATA.</summary>
    public ValueTask<StepReply> DataAsync() => AskStepAsync(() => handler!.DataAsync(stop.Token));

    /// <summary>Asks about a recipient; returns its refusal, or null when it is accepted.</summary>
    /// <param name="recipient">Who it is.</param>
    /// <param name="isShown">Whether the MTA only shows it, having refused it already: it gets no message then.</param>
    public async ValueTask<SmtpReply?> AddRecipientAsync(Recipient recipient, bool isShown)
    {
        if (Failure is null && !admission.Admits(recipient))
            return RefuseCrowd();

        var reply = Failure is null ? await AskAsync(() => handler!.RecipientAsync(recipient, stop.Token)) : null;
        switch (reply)
        {
            case RecipientReply.Accepted:
                if (!isShown)
                    Mail.Add(recipient);
                return null;
            case RecipientReply.Refused refused:
                return refused.Reply;
            default:
                // Postfix takes no refusal of one recipient of local submission; the whole is refused after its header.
                return Mail.IsLocalSubmission ? null : Failure;
        }
    }

    public void AddHeader(HeaderField field)
    {
        if (admission.Admits(field))
            Mail.Add(field);
        else
            Failure ??= admission.HeaderTooLarge();
    }

    /// <summary>Asks what to do now that the header is complete.</summary>
    public async ValueTask<HeaderDecision> EndHeaderAsync()
    {
        var decision = Failure is null ? await AskAsync(() => handler!.HeaderAsync(stop.Token)) : null;
        if (decision is HeaderDecision.BodyWanted)
            body = new BodyFeed(handler!, services, stop.Token);
        return decision ?? new HeaderDecision.Refused(Failure!);
    }

    public void WriteBody(ReadOnlySequence<byte> piece)
    {
        services.Metrics.BodyReceived(piece.Length);
        body!.Write(piece);
    }

    /// <summary>Shows the handler the body so far, and waits as long as it is too far behind.</summary>
    /// <exception cref="MessageAbortedException">The MTA was lost meanwhile.</exception>
    public async ValueTask FlushBodyAsync()
    {
        var limit = services.Options.StallTimeout;
        if (Failure is not null || await body!.FlushAsync(limit, services.Time, interrupted))
            return;
        if (peerLost.IsCancellationRequested)
            throw new MessageAbortedException("The MTA hung up amid the body.");
        FailSlow(limit);
    }

    /// <summary>The body is whole: waits for the verdict.</summary>
    /// <param name="progress">Tells the MTA that it is still awaited.</param>
    /// <exception cref="MessageAbortedException">The MTA was lost meanwhile.</exception>
    public async ValueTask<MailVerdict> EndAsync(Func<ValueTask> progress)
    {
        tally.EndOfMessage();
        if (Failure is not null)
            return new MailVerdict.Refused(Failure);

        var verdict = body!.Complete();
        var limit = services.Options.VerdictTimeout;
        long begun = services.Time.GetTimestamp();
        while (Failure is null && !verdict.IsCompleted)
        {
            var left = limit - services.Time.GetElapsedTime(begun);
            // Timers count whole milliseconds.
            if (left < TimeSpan.FromMilliseconds(1))
            {
                FailSlow(limit);
                break;
            }

            var interval = services.Options.ProgressInterval;
            await ((Task)verdict).WaitAsync(left < interval ? left : interval, services.Time, interrupted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (verdict.IsCompleted)
                break;
            if (peerLost.IsCancellationRequested)
                throw new MessageAbortedException("The MTA hung up before the verdict.");
            if (interrupted.IsCancellationRequested)
                GiveUp();
            else if (left >= interval)
                await progress();
        }

        if (Failure is null && verdict.IsCompletedSuccessfully)
            return await verdict;
        if (Failure is null)
            Fail(verdict.Exception?.InnerException);
        return new MailVerdict.Refused(Failure!);
    }

    /// <summary>The server can't wait for the message any longer: whatever comes of it, the MTA is told to try again later,
    /// as soon as it is to be answered.</summary>
    public void GiveUp()
    {
        if (Failure is not null)
            return;
        Failure = SmtpReply.Stopping;
        MilterLog.MessageStopped(services.Logger, LogName);
        Stop("The server stops.");
    }

    /// <summary>The MTA has this answer; the handler is told when it has nothing else to do any more.</summary>
    public void Answered(MailVerdict verdict)
    {
        answered = verdict;
        tally.Answered(verdict);
    }

    /// <summary>The message will not be completed.</summary>
    public void Abort(string reason)
    {
        aborted = true;
        MilterLog.MessageAborted(services.Logger, LogName, reason);
        Stop(reason);
    }

    /// <summary>Ends the handler, after what it still does has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await unfinished.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (body?.Verdict is { } verdict)
        {
            await ((Task)verdict).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // A verdict that nobody will carry out may hold a new body.
            if ((aborted || Failure is not null) && verdict.IsCompletedSuccessfully)
                await DisposeBodyAsync(await verdict);
        }

        if (handler is not null)
        {
            Task end = EndHandlerAsync(handler);
            await end.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            LogEnd(end);
        }

        await cancelling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        LogEnd(cancelling);

        stop.Dispose();
        tally.Ended();
    }

    private static async Task DisposeBodyAsync(MailVerdict verdict)
    {
        if (verdict is MailVerdict.Changed { Changes.Body: { } newBody })
            await newBody.DisposeAsync();
    }

    private async Task EndHandlerAsync(IMessageHandler ended)
    {
        try
        {
            if (answered is not null)
                ended.Answered(answered);
        }
        finally
        {
            await ended.DisposeAsync();
        }
    }

    private void LogEnd(Task end)
    {
        if (end.Exception is { InnerException: { } failure })
            MilterLog.HandlerEndFailed(services.Logger, failure, LogName);
    }

    private SmtpReply? RefuseCrowd()
    {
        if (!crowded)
            MilterLog.TooManyRecipients(services.Logger, LogName, Mail.Recipients.Count);
        crowded = true;
        if (!Mail.IsLocalSubmission)
            return Admission.TooManyRecipients;

        Failure = admission.TooManyForAll();
        return null;
    }

    private async ValueTask<StepReply> AskStepAsync(Func<ValueTask<StepReply>> question) =>
        (Failure is null ? await AskAsync(question) : null) ?? new StepReply.Refused(Failure!);

    // Handler code is others': whatever it throws becomes a failure of this message, of nothing else.
    private async ValueTask<T?> AskAsync<T>(Func<ValueTask<T>> question)
        where T : class
    {
        var answer = await Question.AskAsync(question, services, interrupted);
        if (answer.IsCompletedSuccessfully)
            return await answer;

        unfinished = answer;
        if (peerLost.IsCancellationRequested)
            Failure ??= SmtpReply.FilterFailure;
        else if (answer.IsCompleted)
            Fail(answer.Exception?.InnerException);
        else
            FailSlow(services.Options.CommandTimeout);
        return null;
    }

    private void Fail(Exception? failure)
    {
        Failure ??= SmtpReply.FilterFailure;
        if (!peerLost.IsCancellationRequested)
        {
            tally.Failed();
            MilterLog.HandlerFailed(services.Logger, failure, LogName);
        }

        Stop("The filter failed.");
    }

    private void FailSlow(TimeSpan limit)
    {
        if (interrupted.IsCancellationRequested)
        {
            GiveUp();
            return;
        }

        Failure ??= SmtpReply.FilterFailure;
        tally.TooSlow();
        MilterLog.HandlerTooSlow(services.Logger, LogName, limit);
        Stop("The filter took too long.");
    }

    // What the handler does upon it is its own, and runs by itself.
    private void Stop(string reason)
    {
        body?.Abort(new MessageAbortedException(reason));
        if (!stop.IsCancellationRequested)
            cancelling = stop.CancelAsync();
    }
}
