using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Session;

/// <summary>One milter connection: what order commands may come in, which are answered, and one message after another.
/// Owned by the connection.</summary>
internal sealed class MilterSession(
    IDuplexPipe transport, SessionServices services, QuickAcknowledgement? acknowledgement, SessionPlace place)
    : IAsyncDisposable
{
    // Less than this waits for more, or for the end, before the handler is woken.
    private const int BodyFlushThreshold = 64 * 1024;

    // MTAs send 65535 bytes of data at most, some test tools 65536; and the command's byte.
    private const int UsualFrame = 65537;

    private readonly MilterOptions options = services.Options;
    private readonly ReplyWriter replies = new(transport.Output, services);
    private readonly PayloadReader payloads = new();
    private readonly SessionClient client = new(place, services.Options.MaxMacroBytes);
    private int frameLimit = UsualFrame;
    private FilterSteps asked;
    private ConnectionSteps? connection;
    private StepReply settled = StepReply.Continue;
    private Task ending = Task.CompletedTask;
    private Negotiation? agreed;
    private Stage stage = Stage.Fresh;
    private MessageInFlight? message;
    private CancellationToken peerLost;
    private CancellationToken interrupted;
    private int bodyUnflushed;

    private enum Stage
    {
        Fresh,
        Idle,
        Envelope,
        Header,
        Body,

        // The filter has said its last word on the message before the end of its header.
        Settled,
    }

    /// <summary>Runs until the MTA quits or is lost, or the server wants to stop: then no longer than a message is in flight,
    /// and the time for that is limited.</summary>
    /// <param name="lost">The connection is gone.</param>
    /// <param name="drain">The server wants to stop.</param>
    /// <exception cref="MilterProtocolException">The MTA breaks the protocol.</exception>
    /// <exception cref="TimeoutException">The MTA was silent, or took no answer, for too long.</exception>
    public async Task RunAsync(CancellationToken lost, CancellationToken drain)
    {
        peerLost = lost;
        using var unwaiting = CancellationTokenSource.CreateLinkedTokenSource(lost, services.Stop.Expired);
        interrupted = unwaiting.Token;
        PipeReader input = transport.Input;
        using var watch = new IdleWatch(services.Time, options.NegotiationTimeout, input.CancelPendingRead);
        await using CancellationTokenRegistration wake = drain.Register(input.CancelPendingRead);
        await using CancellationTokenRegistration wakeToRefuse = services.Stop.Expired.Register(input.CancelPendingRead);
        await using CancellationTokenRegistration wakeToClose = services.Stop.Over.Register(input.CancelPendingRead);
        bool open = true, begins = true, midFrame = false;
        while (open)
        {
            // A whole frame is a sign of life, a byte now and then is none.
            watch.Arm(begins ? SilenceAllowed(midFrame) : null);
            var read = await input.ReadAsync(CancellationToken.None);
            if (!watch.Disarm())
                throw new TimeoutException("The MTA was silent for too long.");

            acknowledgement?.Send();
            if (services.Stop.Expired.IsCancellationRequested)
                message?.GiveUp();
            ReadOnlySequence<byte> buffer = read.Buffer;
            begins = !midFrame && !buffer.IsEmpty && stage != Stage.Fresh;
            for (; open && MilterFrame.TryRead(ref buffer, frameLimit, out MilterFrame frame); begins = true)
                open = await HandleAsync(frame);

            midFrame = !buffer.IsEmpty;
            input.AdvanceTo(buffer.Start, buffer.End);
            await replies.FlushAsync();
            if (read.IsCompleted && open && midFrame)
                throw new MilterProtocolException("The connection ended within a frame.");
            if (read.IsCompleted || (message is null ? drain : services.Stop.Over).IsCancellationRequested)
                open = false;
        }
    }

    /// <summary>Ends the message that may be in flight.</summary>
    public async ValueTask DisposeAsync()
    {
        if (message is not null)
        {
            message.Abort("The connection ended.");
            await message.DisposeAsync();
        }

        await ending;
        if (connection is not null)
            await connection.EndAsync();
        payloads.Dispose();
    }

    private TimeSpan SilenceAllowed(bool midFrame) => stage switch
    {
        Stage.Fresh => options.NegotiationTimeout,
        Stage.Header or Stage.Body => options.ContentTimeout,
        _ when midFrame => options.ContentTimeout,
        Stage.Idle or Stage.Settled when place.TurnsAway() is not null => options.WaitingTimeout,
        _ => options.IdleTimeout,
    };

    /// <returns>Whether the conversation goes on.</returns>
    private ValueTask<bool> HandleAsync(MilterFrame frame)
    {
        if (stage == Stage.Fresh && frame.Code != MilterCommand.Negotiate)
            throw new MilterProtocolException($"The first command is {MilterCommand.Show(frame.Code)}, not a negotiation.");

        switch (frame.Code)
        {
            case var code when stage == Stage.Settled && Steps.IsOfMessage(code):
                Answer(code, settled);
                return ValueTask.FromResult(true);
            case MilterCommand.Negotiate:
                Negotiate(frame.Payload);
                return ValueTask.FromResult(true);
            case MilterCommand.Macro when message is null || !SessionClient.AreForMail(frame.Payload):
                client.TakeMacros(frame.Payload);
                return ValueTask.FromResult(true);
            case MilterCommand.Header:
                TakeHeader(frame.Payload);
                return ValueTask.FromResult(true);
            case MilterCommand.Body:
                return TakeBodyAsync(frame.Payload);
            case MilterCommand.Quit:
                return ValueTask.FromResult(false);
            default:
                return HandleRarerAsync(frame);
        }
    }

    private async ValueTask<bool> HandleRarerAsync(MilterFrame frame)
    {
        switch (frame.Code)
        {
            case MilterCommand.Macro:
                await AbortMessageAsync("The next message began.");
                client.TakeMacros(frame.Payload);
                break;
            case MilterCommand.Connect:
                await AbortMessageAsync("A new client connected.");
                client.Connect(ClientInfo.Read(payloads.Flat(frame.Payload)));
                Answer(MilterCommand.Connect, await connection!.ConnectAsync(client.Session, peerLost));
                break;
            case MilterCommand.Helo:
                await AbortMessageAsync("The client said HELO again.");
                client.Helo(payloads.Text(frame.Payload));
                Answer(MilterCommand.Helo, await connection!.HeloAsync(client.Session, peerLost));
                break;
            case MilterCommand.Mail:
                await BeginMessageAsync(EnvelopePath.Read(payloads.Flat(frame.Payload)));
                break;
            case MilterCommand.Recipient:
                await TakeRecipientAsync(EnvelopePath.Read(payloads.Flat(frame.Payload)));
                break;
            case MilterCommand.Data:
                await TakeDataAsync();
                break;
            case MilterCommand.Unknown:
                Answer(MilterCommand.Unknown, await connection!.UnknownAsync(client.Session, payloads.Text(frame.Payload), peerLost));
                break;
            case MilterCommand.EndOfHeader:
                await EndHeaderAsync();
                break;
            case MilterCommand.EndOfMessage:
                await EndMessageAsync(frame.Payload);
                break;
            case MilterCommand.Abort:
                await AbortMessageAsync("The MTA aborted it.");
                break;
            case MilterCommand.QuitNewClient:
                await AbortMessageAsync("The client is gone.");
                client.Forget();
                connection!.Forget();
                break;
            default:
                throw new MilterProtocolException($"The command {MilterCommand.Show(frame.Code)} is unknown.");
        }

        return true;
    }

    private void Negotiate(ReadOnlySequence<byte> payload)
    {
        if (stage != Stage.Fresh)
            throw new MilterProtocolException("The MTA negotiates twice.");

        asked = services.Filter.Steps;
        connection = new ConnectionSteps(services, asked, place.Id);
        agreed = Negotiation.Read(payload).Answer(options, asked, place.MaySkipReplies);
        frameLimit = Math.Max(UsualFrame, agreed.DataSize + 1);
        replies.Write(agreed);
        stage = Stage.Idle;
    }

    private async ValueTask BeginMessageAsync(EnvelopePath sender)
    {
        // Neither MTA is bound to say ABORT first: MAIL itself ends what came before.
        await AbortMessageAsync("The next message began.");
        MailTransaction mail = client.Begin(sender);
        // An MTA that is answered so keeps the message from leaving, whatever it would do if the connection were closed.
        if ((connection!.Standing ?? place.TurnsAway()) is { } standing)
        {
            services.Metrics.MessageTurnedAway();
            replies.Write(standing);
            (stage, settled) = (Stage.Settled, standing);
            return;
        }

        stage = Stage.Envelope;
        message = new MessageInFlight(mail, services, peerLost, interrupted);
        await AnswerForMessageAsync(await message.BeginAsync());
    }

    private async ValueTask TakeRecipientAsync(EnvelopePath path)
    {
        if (stage != Stage.Envelope)
            throw OutOfOrder(MilterCommand.Recipient);
        Recipient recipient = client.RecipientOf(path);
        bool isShown = recipient.IsRefusedByMta && agreed!.Protocol.HasFlag(MilterProtocol.RejectedRecipients);
        SmtpReply? refusal = await message!.AddRecipientAsync(recipient, isShown);
        services.Metrics.RecipientAnswered(refusal);
        if (refusal is not null)
            replies.Write(refusal);
        else
            replies.Write(MilterReply.Continue);
    }

    private async ValueTask TakeDataAsync()
    {
        if (!asked.HasFlag(FilterSteps.Data))
            Answer(MilterCommand.Data, StepReply.Continue);
        else if (stage == Stage.Envelope)
            await AnswerForMessageAsync(await message!.DataAsync());
        else
            throw OutOfOrder(MilterCommand.Data);
    }

    // Anything but Continue is the last word on the message; an MTA that goes on with it hears it again.
    private async ValueTask AnswerForMessageAsync(StepReply reply)
    {
        replies.Write(reply);
        if (reply is StepReply.GoesOn)
            return;

        await FinishMessageAsync(reply switch
        {
            StepReply.Refused refused => new MailVerdict.Refused(refused.Reply),
            StepReply.Discarded => new MailVerdict.Discarded(),
            _ => MailVerdict.Unchanged,
        });
        (stage, settled) = (Stage.Settled, reply);
    }

    private void TakeHeader(ReadOnlySequence<byte> payload)
    {
        if (stage is not (Stage.Envelope or Stage.Header))
            throw OutOfOrder(MilterCommand.Header);

        stage = Stage.Header;
        var strings = new NulStrings(payloads.Flat(payload));
        string name = Encoding.Latin1.GetString(strings.Next());
        byte[] value = HeaderValue.FromWire(strings.Next(), agreed!.Protocol.HasFlag(MilterProtocol.LeadingSpace));
        message!.AddHeader(new HeaderField(name, value));
        Answer(MilterCommand.Header, StepReply.Continue);
    }

    private async ValueTask EndHeaderAsync()
    {
        if (stage is not (Stage.Envelope or Stage.Header))
            throw OutOfOrder(MilterCommand.EndOfHeader);

        HeaderDecision decision = await message!.EndHeaderAsync();
        switch (decision)
        {
            case HeaderDecision.BodyWanted:
                stage = Stage.Body;
                replies.Write(MilterReply.Continue);
                break;
            case HeaderDecision.Refused refused:
                replies.Write(refused.Reply);
                await FinishMessageAsync(new MailVerdict.Refused(refused.Reply));
                break;
            default:
                replies.Write(MilterReply.Accept);
                await FinishMessageAsync(MailVerdict.Unchanged);
                break;
        }
    }

    private ValueTask<bool> TakeBodyAsync(ReadOnlySequence<byte> piece)
    {
        if (stage != Stage.Body)
            throw OutOfOrder(MilterCommand.Body);

        message!.WriteBody(piece);
        bodyUnflushed += (int)piece.Length;
        Answer(MilterCommand.Body, StepReply.Continue);
        return bodyUnflushed < BodyFlushThreshold ? ValueTask.FromResult(true) : FlushBodyAsync();
    }

    private async ValueTask<bool> FlushBodyAsync()
    {
        bodyUnflushed = 0;
        await message!.FlushBodyAsync();
        return true;
    }

    private async ValueTask EndMessageAsync(ReadOnlySequence<byte> lastPiece)
    {
        if (stage != Stage.Body)
            throw OutOfOrder(MilterCommand.EndOfMessage);

        message!.WriteBody(lastPiece);
        bodyUnflushed = 0;
        MailVerdict verdict = await message.EndAsync(SendProgressAsync);
        MailVerdict sent;
        try
        {
            sent = await replies.WriteAsync(verdict, message.Mail, agreed!);
        }
        finally
        {
            if (verdict is MailVerdict.Changed { Changes.Body: { } body })
                await body.DisposeAsync();
        }

        await FinishMessageAsync(sent);
    }

    // The answer is written: sends it, and tells the handler once the MTA has it. An MTA may read its answer and hang up before we
    // go on: so it counts whether it was there when the answer was sent.
    private async ValueTask FinishMessageAsync(MailVerdict verdict)
    {
        if (peerLost.IsCancellationRequested)
            throw new MessageAbortedException("The MTA hung up before it was answered.");
        await replies.FlushAsync();
        message!.Answered(verdict);
        await DropMessageAsync();
    }

    private async ValueTask SendProgressAsync()
    {
        services.Metrics.ProgressSent();
        replies.Write(MilterReply.Progress);
        await replies.FlushAsync();
    }

    private async ValueTask AbortMessageAsync(string reason)
    {
        stage = Stage.Idle;
        if (message is null)
            return;

        message.Abort(reason);
        await DropMessageAsync();
    }

    private async ValueTask DropMessageAsync()
    {
        // A handler that takes its time to end must not hold back an answer that is ready.
        await replies.FlushAsync();
        ending = message!.DisposeAsync().AsTask();
        message = null;
        stage = Stage.Idle;
        bodyUnflushed = 0;
        if (!ending.IsCompleted)
            await ending.WaitAsync(options.CommandTimeout, services.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ending.IsCompleted)
            throw new TimeoutException("The filter doesn't let go of a message that has ended.");
        await ending;
        client.EndMessage();
    }

    // A step that was agreed to be silent must not be answered, any other must.
    private void Answer(byte command, StepReply reply)
    {
        if (!Steps.IsSilent(command, agreed!.Protocol))
            replies.Write(reply);
    }

    private MilterProtocolException OutOfOrder(byte command) =>
        new($"The command {MilterCommand.Show(command)} is out of order ({stage}).");
}
