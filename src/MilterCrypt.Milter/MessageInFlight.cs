using System.Buffers;

namespace MilterCrypt.Milter;

/// <summary>One message between MAIL and its verdict: its handler, and what the MTA must be told when that fails.
/// Owned by the session; never more than one at a time.</summary>
internal sealed class MessageInFlight : IAsyncDisposable
{
    private static readonly SmtpReply s_headerTooLarge = new(552, "5.3.4", "The header of this message is too large");
    private static readonly SmtpReply s_tooManyRecipients = new(452, "4.5.3", "Too many recipients, send to the rest separately");

    private readonly SessionServices _services;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _peerLost;
    private IMessageHandler? _handler;
    private Task _unfinished = Task.CompletedTask;
    private BodyFeed? _body;
    private int _headerBytes;
    private bool _aborted;

    public MessageInFlight(MailTransaction mail, SessionServices services, CancellationToken peerLost)
    {
        Mail = mail;
        _services = services;
        _peerLost = peerLost;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(peerLost);
    }

    public MailTransaction Mail { get; }

    /// <summary>The whole message's refusal once something went wrong; the handler is not asked again then.</summary>
    public SmtpReply? Failure { get; private set; }

    private string LogName => Mail.QueueId ?? Mail.SessionId;

    /// <summary>Lets the filter begin; <see cref="Failure"/> tells when it could not.</summary>
    public async ValueTask BeginAsync() =>
        _handler = await AskAsync(() => ValueTask.FromResult(_services.Filter.Begin(Mail)));

    /// <summary>Asks about a recipient; returns its refusal, or null when it is accepted.</summary>
    public async ValueTask<SmtpReply?> AddRecipientAsync(Recipient recipient)
    {
        if (Failure is null && Mail.Recipients.Count >= _services.Options.MaxRecipients)
            return s_tooManyRecipients;

        RecipientReply? reply = Failure is null
            ? await AskAsync(() => _handler!.RecipientAsync(recipient, _stop.Token))
            : null;
        switch (reply)
        {
            case RecipientReply.Accepted:
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
        _headerBytes += field.Name.Length + field.Value.Length;
        if (_headerBytes > _services.Options.MaxHeaderBytes || Mail.Header.Count >= _services.Options.MaxHeaderFields)
            Failure ??= s_headerTooLarge;
        else
            Mail.Add(field);
    }

    /// <summary>Asks what to do now that the header is complete.</summary>
    public async ValueTask<HeaderDecision> EndHeaderAsync()
    {
        HeaderDecision? decision = Failure is null ? await AskAsync(() => _handler!.HeaderAsync(_stop.Token)) : null;
        if (decision is HeaderDecision.BodyWanted)
            _body = new BodyFeed(_handler!, _services, _stop.Token);
        return decision ?? new HeaderDecision.Refused(Failure!);
    }

    public void WriteBody(ReadOnlySequence<byte> piece) => _body!.Write(piece);

    /// <summary>Shows the handler the body so far, and waits as long as it is too far behind.</summary>
    public async ValueTask FlushBodyAsync()
    {
        TimeSpan limit = _services.Options.StallTimeout;
        if (Failure is null && !await _body!.FlushAsync(limit, _services.Time, _peerLost))
            FailSlow(limit);
    }

    /// <summary>The body is whole: waits for the verdict.</summary>
    /// <param name="progress">Tells the MTA that it is still awaited.</param>
    /// <exception cref="MessageAbortedException">The MTA was lost meanwhile.</exception>
    public async ValueTask<MailVerdict> EndAsync(Func<ValueTask> progress)
    {
        if (Failure is not null)
            return new MailVerdict.Refused(Failure);

        Task<MailVerdict> verdict = _body!.Complete();
        TimeSpan limit = _services.Options.VerdictTimeout;
        long begun = _services.Time.GetTimestamp();
        while (Failure is null && !verdict.IsCompleted)
        {
            TimeSpan left = limit - _services.Time.GetElapsedTime(begun);
            // Timers count whole milliseconds.
            if (left < TimeSpan.FromMilliseconds(1))
            {
                FailSlow(limit);
                break;
            }

            TimeSpan interval = _services.Options.ProgressInterval;
            await ((Task)verdict).WaitAsync(left < interval ? left : interval, _services.Time, _peerLost)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (verdict.IsCompleted)
                break;
            if (_peerLost.IsCancellationRequested)
                throw new MessageAbortedException("The MTA hung up before the verdict.");
            if (left >= interval)
                await progress();
        }

        if (Failure is null && verdict.IsCompletedSuccessfully)
            return await verdict;
        if (Failure is null)
            Fail(verdict.Exception?.InnerException);
        return new MailVerdict.Refused(Failure!);
    }

    /// <summary>The message will not be completed.</summary>
    public void Abort(string reason)
    {
        _aborted = true;
        MilterLog.MessageAborted(_services.Logger, LogName, reason);
        Stop(reason);
    }

    /// <summary>Ends the handler, after what it still does has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _unfinished.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_body?.Verdict is { } verdict)
        {
            await ((Task)verdict).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // A verdict that nobody will carry out may hold a new body.
            if ((_aborted || Failure is not null) && verdict.IsCompletedSuccessfully)
                await DisposeBodyAsync(await verdict);
        }

        if (_handler is not null)
        {
            Task disposal = StartAsync(async () => { await _handler.DisposeAsync(); return _handler; });
            await disposal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (disposal.Exception is { InnerException: { } failure })
                MilterLog.HandlerFailed(_services.Logger, failure, LogName);
        }

        _stop.Dispose();
    }

    private static async Task DisposeBodyAsync(MailVerdict verdict)
    {
        if (verdict is MailVerdict.Changed { Changes.Body: { } body })
            await body.DisposeAsync();
    }

    // Handler code is others': whatever it throws becomes a failure of this message, of nothing else. A task keeps the
    // exception, so nothing needs to catch it.
    private async ValueTask<T?> AskAsync<T>(Func<ValueTask<T>> question)
        where T : class
    {
        Task<T> answer = StartAsync(question);
        TimeSpan limit = _services.Options.CommandTimeout;
        if (!answer.IsCompleted)
            await ((Task)answer).WaitAsync(limit, _services.Time, _peerLost).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        if (answer.IsCompletedSuccessfully)
            return await answer;

        _unfinished = answer;
        if (_peerLost.IsCancellationRequested)
            Failure ??= SmtpReply.FilterFailure;
        else if (answer.IsCompleted)
            Fail(answer.Exception?.InnerException);
        else
            FailSlow(limit);
        return null;
    }

    // The delegate may throw before it returns a task; an async method makes that a failed task, too.
    private static async Task<T> StartAsync<T>(Func<ValueTask<T>> question) => await question();

    private void Fail(Exception? failure)
    {
        Failure ??= SmtpReply.FilterFailure;
        if (!_peerLost.IsCancellationRequested)
            MilterLog.HandlerFailed(_services.Logger, failure, LogName);
        Stop("The filter failed.");
    }

    private void FailSlow(TimeSpan limit)
    {
        Failure ??= SmtpReply.FilterFailure;
        MilterLog.HandlerTooSlow(_services.Logger, LogName, limit);
        Stop("The filter took too long.");
    }

    private void Stop(string reason)
    {
        _body?.Abort(new MessageAbortedException(reason));
        _stop.Cancel();
    }
}
