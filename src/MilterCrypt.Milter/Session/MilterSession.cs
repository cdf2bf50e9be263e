using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Session;

/// <summary>One milter connection: what order commands may come in, which are answered, and one message after another.
/// Owned by the connection.</summary>
internal sealed class MilterSession(
    IDuplexPipe transport, SessionServices services, QuickAcknowledgement? acknowledgement, bool maySkipReplies, string id)
    : IAsyncDisposable
{
    // Less than this waits for more, or for the end, before the handler is woken.
    private const int BodyFlushThreshold = 64 * 1024;

    private readonly MilterOptions options = services.Options;
    private readonly ReplyWriter replies = new(transport.Output, services);
    private readonly SessionClient client = new(id);
    private Task ending = Task.CompletedTask;
    private Negotiation? agreed;
    private Stage stage = Stage.Fresh;
    private MessageInFlight? message;
    private CancellationToken peerLost;
    private bool mailMacrosCame;
    private bool recipientMacrosCame;
    private int bodyUnflushed;
    private byte[] scratch = [];

    private enum Stage
    {
        Fresh,
        Idle,
        Envelope,
        Header,
        Body,
    }

    /// <summary>Runs until the MTA quits or is lost, or the server wants to stop and no message is in flight.</summary>
    /// <param name="lost">The connection is gone.</param>
    /// <param name="drain">The server wants to stop.</param>
    /// <exception cref="MilterProtocolException">The MTA breaks the protocol.</exception>
    /// <exception cref="TimeoutException">The MTA was silent, or took no answer, for too long.</exception>
    public async Task RunAsync(CancellationToken lost, CancellationToken drain)
    {
        peerLost = lost;
        PipeReader input = transport.Input;
        using var watch = new IdleWatch(services.Time, options.NegotiationTimeout, input.CancelPendingRead);
        await using CancellationTokenRegistration wake = drain.Register(input.CancelPendingRead);
        bool open = true;
        while (open)
        {
            watch.Arm(SilenceAllowed());
            var read = await input.ReadAsync(CancellationToken.None);
            if (!watch.Disarm())
                throw new TimeoutException("The MTA was silent for too long.");

            acknowledgement?.Send();
            ReadOnlySequence<byte> buffer = read.Buffer;
            while (open && MilterFrame.TryRead(ref buffer, options.MaxFrameLength, out MilterFrame frame))
                open = await HandleAsync(frame);

            bool halfFrame = !buffer.IsEmpty;
            input.AdvanceTo(buffer.Start, buffer.End);
            await replies.FlushAsync();
            if (read.IsCompleted && open && halfFrame)
                throw new MilterProtocolException("The connection ended within a frame.");
            if (read.IsCompleted || (drain.IsCancellationRequested && message is null))
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
        Array.Clear(scratch);
    }

    private TimeSpan SilenceAllowed() => stage switch
    {
        Stage.Fresh => options.NegotiationTimeout,
        Stage.Header or Stage.Body => options.ContentTimeout,
        _ => options.IdleTimeout,
    };

    /// <returns>Whether the conversation goes on.</returns>
    private ValueTask<bool> HandleAsync(MilterFrame frame)
    {
        if (stage == Stage.Fresh && frame.Code != MilterCommand.Negotiate)
            throw new MilterProtocolException($"The first command is {Show(frame.Code)}, not a negotiation.");

        switch (frame.Code)
        {
            case MilterCommand.Negotiate:
                Negotiate(frame.Payload);
                return ValueTask.FromResult(true);
            case MilterCommand.Macro when message is null || !IsForMail(frame.Payload):
                TakeMacros(frame.Payload);
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
                TakeMacros(frame.Payload);
                break;
            case MilterCommand.Connect:
                await AbortMessageAsync("A new client connected.");
                client.Connect(ClientInfo.Read(Flat(frame.Payload)));
                Continue(MilterCommand.Connect);
                break;
            case MilterCommand.Helo:
                await AbortMessageAsync("The client said HELO again.");
                client.Helo(Encoding.UTF8.GetString(new NulStrings(Flat(frame.Payload)).Next()));
                Continue(MilterCommand.Helo);
                break;
            case MilterCommand.Mail:
                await BeginMessageAsync(EnvelopePath.Read(Flat(frame.Payload)));
                break;
            case MilterCommand.Recipient:
                await TakeRecipientAsync(EnvelopePath.Read(Flat(frame.Payload)));
                break;
            case MilterCommand.Data:
                Continue(MilterCommand.Data);
                break;
            case MilterCommand.Unknown:
                Continue(MilterCommand.Unknown);
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
                break;
            default:
                throw new MilterProtocolException($"The command {Show(frame.Code)} is unknown.");
        }

        return true;
    }

    private void Negotiate(ReadOnlySequence<byte> payload)
    {
        if (stage != Stage.Fresh)
            throw new MilterProtocolException("The MTA negotiates twice.");

        agreed = Negotiation.Read(payload).Answer(maySkipReplies);
        replies.Write(agreed);
        stage = Stage.Idle;
    }

    private void TakeMacros(ReadOnlySequence<byte> payload)
    {
        if (payload.IsEmpty)
            throw new MilterProtocolException("A macro command names no stage.");

        byte command = payload.FirstSpan[0];
        if (Steps.MacroStageOf(command) is not { } macroStage)
            return;

        // A new message's macros: what is left of the last one's must not show through.
        if (macroStage == MacroStage.Mail)
        {
            client.Macros.ClearFrom(MacroStage.Mail);
            mailMacrosCame = true;
        }

        recipientMacrosCame |= macroStage == MacroStage.Recipient;
        client.Macros.Set(macroStage, payload.Slice(1), options.MaxMacroBytes);
    }

    // They come before MAIL itself, and bring another queue id: the message before must have ended by then.
    private static bool IsForMail(ReadOnlySequence<byte> payload) =>
        !payload.IsEmpty && payload.FirstSpan[0] == MilterCommand.Mail;

    private async ValueTask BeginMessageAsync(EnvelopePath sender)
    {
        // Neither MTA is bound to say ABORT first: MAIL itself ends what came before.
        await AbortMessageAsync("The next message began.");
        client.Macros.ClearFrom(mailMacrosCame ? MacroStage.Recipient : MacroStage.Mail);
        mailMacrosCame = false;
        recipientMacrosCame = false;

        stage = Stage.Envelope;
        message = new MessageInFlight(client.Begin(sender), services, peerLost);
        await message.BeginAsync();
        Answer(message.Failure);
    }

    private async ValueTask TakeRecipientAsync(EnvelopePath path)
    {
        if (stage != Stage.Envelope)
            throw OutOfOrder(MilterCommand.Recipient);
        // Another recipient's address must not be taken for this one's.
        if (!recipientMacrosCame)
            client.Macros.ClearFrom(MacroStage.Recipient);
        recipientMacrosCame = false;
        Answer(await message!.AddRecipientAsync(client.RecipientOf(path)));
    }

    private void TakeHeader(ReadOnlySequence<byte> payload)
    {
        if (stage is not (Stage.Envelope or Stage.Header))
            throw OutOfOrder(MilterCommand.Header);

        stage = Stage.Header;
        var strings = new NulStrings(Flat(payload));
        string name = Encoding.Latin1.GetString(strings.Next());
        byte[] value = HeaderValue.FromWire(strings.Next(), agreed!.Protocol.HasFlag(MilterProtocol.LeadingSpace));
        message!.AddHeader(new HeaderField(name, value));
        Continue(MilterCommand.Header);
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
        Continue(MilterCommand.Body);
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
            await replies.FlushAsync();
        }
        finally
        {
            if (verdict is MailVerdict.Changed { Changes.Body: { } body })
                await body.DisposeAsync();
        }

        await FinishMessageAsync(sent);
    }

    // The answer is written: sends it, and tells the handler once the MTA has it.
    private async ValueTask FinishMessageAsync(MailVerdict verdict)
    {
        await replies.FlushAsync();
        if (peerLost.IsCancellationRequested)
            throw new MessageAbortedException("The MTA hung up before it was answered.");
        message!.Answered(verdict);
        await DropMessageAsync();
    }

    private async ValueTask SendProgressAsync()
    {
        replies.Write(MilterReply.Progress);
        await replies.FlushAsync();
    }

    private async ValueTask AbortMessageAsync(string reason)
    {
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
        client.Macros.ClearFrom(MacroStage.Mail);
    }

    private void Answer(SmtpReply? refusal)
    {
        if (refusal is null)
            replies.Write(MilterReply.Continue);
        else
            replies.Write(refusal);
    }

    // A step that was agreed to be silent must not be answered, any other must.
    private void Continue(byte command)
    {
        if (!Steps.IsSilent(command, agreed!.Protocol))
            replies.Write(MilterReply.Continue);
    }

    private ReadOnlySpan<byte> Flat(ReadOnlySequence<byte> payload)
    {
        if (payload.IsSingleSegment)
            return payload.FirstSpan;

        int length = (int)payload.Length;
        if (scratch.Length < length)
        {
            Array.Clear(scratch);
            scratch = new byte[Math.Max(length, 4096)];
        }

        payload.CopyTo(scratch);
        return scratch.AsSpan(0, length);
    }

    private MilterProtocolException OutOfOrder(byte command) =>
        new($"The command {Show(command)} is out of order ({stage}).");

    private static string Show(byte code) => code is > 0x20 and < 0x7F ? $"'{(char)code}'" : $"0x{code:x2}";
}
