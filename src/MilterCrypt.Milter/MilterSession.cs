using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter;

/// <summary>One milter connection: what order commands may come in, which are answered, and one message after another.
/// Owned by the connection.</summary>
internal sealed class MilterSession(
    IDuplexPipe transport, SessionServices services, QuickAcknowledgement? acknowledgement, bool maySkipReplies, string id)
    : IAsyncDisposable
{
    // Less than this waits for more, or for the end, before the handler is woken.
    private const int BodyFlushThreshold = 64 * 1024;

    private readonly MilterOptions _options = services.Options;
    private readonly ReplyWriter _replies = new(transport.Output, services);
    private readonly SessionClient _client = new(id);
    private Negotiation? _agreed;
    private Stage _stage = Stage.Fresh;
    private MessageInFlight? _message;
    private CancellationToken _peerLost;
    private bool _mailMacrosCame;
    private int _bodyUnflushed;
    private byte[] _scratch = [];

    private enum Stage
    {
        Fresh,
        Idle,
        Envelope,
        Header,
        Body,
    }

    /// <summary>Runs until the MTA quits or is lost, or the server wants to stop and no message is in flight.</summary>
    /// <param name="peerLost">The connection is gone.</param>
    /// <param name="drain">The server wants to stop.</param>
    /// <exception cref="MilterProtocolException">The MTA breaks the protocol.</exception>
    /// <exception cref="TimeoutException">The MTA was silent, or took no answer, for too long.</exception>
    public async Task RunAsync(CancellationToken peerLost, CancellationToken drain)
    {
        _peerLost = peerLost;
        PipeReader input = transport.Input;
        using var watch = new IdleWatch(services.Time, _options.NegotiationTimeout, input.CancelPendingRead);
        await using CancellationTokenRegistration wake = drain.Register(input.CancelPendingRead);
        bool open = true;
        while (open)
        {
            ReadResult read = await input.ReadAsync(CancellationToken.None);
            if (watch.Expired)
                throw new TimeoutException("The MTA was silent for too long.");

            acknowledgement?.Send();
            ReadOnlySequence<byte> buffer = read.Buffer;
            while (open && MilterFrame.TryRead(ref buffer, _options.MaxFrameLength, out MilterFrame frame))
                open = await HandleAsync(frame);

            bool halfFrame = !buffer.IsEmpty;
            input.AdvanceTo(buffer.Start, buffer.End);
            await _replies.FlushAsync();
            watch.Seen(SilenceAllowed());
            if (read.IsCompleted && open && halfFrame)
                throw new MilterProtocolException("The connection ended within a frame.");
            if (read.IsCompleted || (drain.IsCancellationRequested && _message is null))
                open = false;
        }
    }

    /// <summary>Ends the message that may be in flight.</summary>
    public async ValueTask DisposeAsync()
    {
        await AbortMessageAsync("The connection ended.");
        Array.Clear(_scratch);
    }

    private TimeSpan SilenceAllowed() => _stage switch
    {
        Stage.Fresh => _options.NegotiationTimeout,
        Stage.Header or Stage.Body => _options.ContentTimeout,
        _ => _options.IdleTimeout,
    };

    /// <returns>Whether the conversation goes on.</returns>
    private ValueTask<bool> HandleAsync(MilterFrame frame)
    {
        if (_stage == Stage.Fresh && frame.Code != MilterCommand.Negotiate)
            throw new MilterProtocolException($"The first command is {Show(frame.Code)}, not a negotiation.");

        switch (frame.Code)
        {
            case MilterCommand.Negotiate:
                Negotiate(frame.Payload);
                return ValueTask.FromResult(true);
            case MilterCommand.Macro:
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
            case MilterCommand.Connect:
                await AbortMessageAsync("A new client connected.");
                _client.Connect(ClientInfo.Read(Flat(frame.Payload)));
                Continue(MilterCommand.Connect);
                break;
            case MilterCommand.Helo:
                await AbortMessageAsync("The client said HELO again.");
                _client.Helo(Encoding.UTF8.GetString(new NulStrings(Flat(frame.Payload)).Next()));
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
                _client.Forget();
                break;
            default:
                throw new MilterProtocolException($"The command {Show(frame.Code)} is unknown.");
        }

        return true;
    }

    private void Negotiate(ReadOnlySequence<byte> payload)
    {
        if (_stage != Stage.Fresh)
            throw new MilterProtocolException("The MTA negotiates twice.");

        _agreed = Negotiation.Read(payload).Answer(maySkipReplies);
        _replies.Write(_agreed);
        _stage = Stage.Idle;
    }

    private void TakeMacros(ReadOnlySequence<byte> payload)
    {
        if (payload.IsEmpty)
            throw new MilterProtocolException("A macro command names no stage.");

        byte command = payload.FirstSpan[0];
        if (Steps.MacroStageOf(command) is not { } stage)
            return;

        // A new message's macros: what is left of the last one's must not show through.
        if (stage == MacroStage.Mail)
        {
            _client.Macros.ClearFrom(MacroStage.Mail);
            _mailMacrosCame = true;
        }

        _client.Macros.Set(stage, payload.Slice(1));
    }

    private async ValueTask BeginMessageAsync(EnvelopePath sender)
    {
        // Neither MTA is bound to say ABORT first: MAIL itself ends what came before.
        await AbortMessageAsync("The next message began.", keepMacros: true);
        _client.Macros.ClearFrom(_mailMacrosCame ? MacroStage.Recipient : MacroStage.Mail);
        _mailMacrosCame = false;

        _stage = Stage.Envelope;
        _message = new MessageInFlight(_client.Begin(sender), services, _peerLost);
        await _message.BeginAsync();
        Answer(_message.Failure);
    }

    private async ValueTask TakeRecipientAsync(EnvelopePath path)
    {
        if (_stage != Stage.Envelope)
            throw OutOfOrder(MilterCommand.Recipient);
        Answer(await _message!.AddRecipientAsync(new Recipient(path.Address, path.Arguments)));
    }

    private void TakeHeader(ReadOnlySequence<byte> payload)
    {
        if (_stage is not (Stage.Envelope or Stage.Header))
            throw OutOfOrder(MilterCommand.Header);

        _stage = Stage.Header;
        var strings = new NulStrings(Flat(payload));
        string name = Encoding.Latin1.GetString(strings.Next());
        byte[] value = HeaderValue.FromWire(strings.Next(), _agreed!.Protocol.HasFlag(MilterProtocol.LeadingSpace));
        _message!.AddHeader(new HeaderField(name, value));
        Continue(MilterCommand.Header);
    }

    private async ValueTask EndHeaderAsync()
    {
        if (_stage is not (Stage.Envelope or Stage.Header))
            throw OutOfOrder(MilterCommand.EndOfHeader);

        HeaderDecision decision = await _message!.EndHeaderAsync();
        switch (decision)
        {
            case HeaderDecision.BodyWanted:
                _stage = Stage.Body;
                _replies.Write(MilterReply.Continue);
                break;
            case HeaderDecision.Refused refused:
                _replies.Write(refused.Reply);
                await DropMessageAsync();
                break;
            default:
                _replies.Write(MilterReply.Accept);
                await DropMessageAsync();
                break;
        }
    }

    private ValueTask<bool> TakeBodyAsync(ReadOnlySequence<byte> piece)
    {
        if (_stage != Stage.Body)
            throw OutOfOrder(MilterCommand.Body);

        _message!.WriteBody(piece);
        _bodyUnflushed += (int)piece.Length;
        Continue(MilterCommand.Body);
        return _bodyUnflushed < BodyFlushThreshold ? ValueTask.FromResult(true) : FlushBodyAsync();
    }

    private async ValueTask<bool> FlushBodyAsync()
    {
        _bodyUnflushed = 0;
        await _message!.FlushBodyAsync();
        return true;
    }

    private async ValueTask EndMessageAsync(ReadOnlySequence<byte> lastPiece)
    {
        if (_stage != Stage.Body)
            throw OutOfOrder(MilterCommand.EndOfMessage);

        _message!.WriteBody(lastPiece);
        _bodyUnflushed = 0;
        MailVerdict verdict = await _message.EndAsync(SendProgressAsync);
        try
        {
            await _replies.WriteAsync(verdict, _message.Mail, _agreed!);
            await _replies.FlushAsync();
        }
        finally
        {
            if (verdict is MailVerdict.Changed { Changes.Body: { } body })
                await body.DisposeAsync();
        }

        await DropMessageAsync();
    }

    private async ValueTask SendProgressAsync()
    {
        _replies.Write(MilterReply.Progress);
        await _replies.FlushAsync();
    }

    private async ValueTask AbortMessageAsync(string reason, bool keepMacros = false)
    {
        if (_message is not null)
        {
            _message.Abort(reason);
            await DropMessageAsync(keepMacros);
        }
    }

    private async ValueTask DropMessageAsync(bool keepMacros = false)
    {
        MessageInFlight ended = _message!;
        _message = null;
        _stage = Stage.Idle;
        _bodyUnflushed = 0;
        await ended.DisposeAsync();
        if (!keepMacros)
            _client.Macros.ClearFrom(MacroStage.Mail);
    }

    private void Answer(SmtpReply? refusal)
    {
        if (refusal is null)
            _replies.Write(MilterReply.Continue);
        else
            _replies.Write(refusal);
    }

    // A step that was agreed to be silent must not be answered, any other must.
    private void Continue(byte command)
    {
        if (!Steps.IsSilent(command, _agreed!.Protocol))
            _replies.Write(MilterReply.Continue);
    }

    private ReadOnlySpan<byte> Flat(ReadOnlySequence<byte> payload)
    {
        if (payload.IsSingleSegment)
            return payload.FirstSpan;

        int length = (int)payload.Length;
        if (_scratch.Length < length)
        {
            Array.Clear(_scratch);
            _scratch = new byte[Math.Max(length, 4096)];
        }

        payload.CopyTo(_scratch);
        return _scratch.AsSpan(0, length);
    }

    private MilterProtocolException OutOfOrder(byte command) =>
        new($"The command {Show(command)} is out of order ({_stage}).");

    private static string Show(byte code) => code is > 0x20 and < 0x7F ? $"'{(char)code}'" : $"0x{code:x2}";
}
