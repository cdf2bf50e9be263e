using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Client;

/// <summary>The MTA's side of the protocol, version 6 and, where the offer says so, older ones: drives a filter step by
/// step, or with whole messages. Owned by whoever connected it; not for use by two threads.</summary>
public sealed class MilterClient : IAsyncDisposable
{
    private const int MaxPiece = 65535;

    private readonly FrameConnection connection;
    private readonly MtaHabits habits;
    private IReadOnlyDictionary<MacroStage, string> macroLists;

    private MilterClient(FrameConnection connection, MtaHabits habits)
    {
        this.connection = connection;
        this.habits = habits;
        macroLists = habits.Macros;
        Agreed = habits.Offer;
    }

    /// <summary>The MTA that this client behaves like.</summary>
    public MtaHabits Habits => habits;

    /// <summary>What the filter answered to the offer.</summary>
    public Negotiation Agreed { get; private set; }

    /// <summary>The lists of macros that the filter asked for.</summary>
    public IReadOnlyDictionary<MacroStage, string> RequestedMacros { get; private set; } = new Dictionary<MacroStage, string>();

    /// <summary>The macros' values, by name in the MTAs' notation. What has no value is not sent.</summary>
    public Dictionary<string, string> MacroValues { get; } = [];

    /// <summary>Connects to a filter and negotiates.</summary>
    /// <exception cref="MilterProtocolException">The answer is none, or holds what was not offered.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">Nobody listens there.</exception>
    public static async Task<MilterClient> OpenAsync(MilterEndpoint endpoint, MtaHabits habits, CancellationToken cancellationToken)
    {
        var client = new MilterClient(await FrameConnection.OpenAsync(endpoint, cancellationToken), habits);
        bool agreed = false;
        try
        {
            await client.NegotiateAsync(cancellationToken);
            agreed = true;
            return client;
        }
        finally
        {
            if (!agreed)
                await client.DisposeAsync();
        }
    }

    /// <summary>Sends CONNECT.</summary>
    /// <param name="host">The client's name, or its address in brackets.</param>
    /// <param name="address">Its address; null when unknown.</param>
    /// <param name="port">Its port; 0 with a loopback address is Postfix's local submission.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<MilterAnswer> ConnectAsync(string host, IPAddress? address, int port, CancellationToken cancellationToken)
    {
        var payload = new ArrayBufferWriter<byte>();
        FrameWriter.WriteString(payload, Encoding.UTF8.GetBytes(host));
        if (address is null)
        {
            payload.Write("U"u8);
        }
        else
        {
            payload.Write(address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "6"u8 : "4"u8);
            BinaryPrimitives.WriteUInt16BigEndian(payload.GetSpan(sizeof(ushort)), (ushort)port);
            payload.Advance(sizeof(ushort));
            FrameWriter.WriteString(payload, Encoding.ASCII.GetBytes(address.ToString()));
        }

        return AskAsync(MilterCommand.Connect, payload.WrittenMemory, cancellationToken);
    }

    /// <summary>Sends HELO.</summary>
    public Task<MilterAnswer> HeloAsync(string name, CancellationToken cancellationToken) =>
        AskAsync(MilterCommand.Helo, Strings(name), cancellationToken);

    /// <summary>Sends MAIL: the path and its arguments, separated by blanks.</summary>
    public Task<MilterAnswer> MailAsync(string path, CancellationToken cancellationToken) =>
        AskAsync(MilterCommand.Mail, Strings(path.Split(' ')), cancellationToken);

    /// <summary>Sends RCPT, in the same manner.</summary>
    public Task<MilterAnswer> RecipientAsync(string path, CancellationToken cancellationToken) =>
        AskAsync(MilterCommand.Recipient, Strings(path.Split(' ')), cancellationToken);

    /// <summary>Sends DATA.</summary>
    public Task<MilterAnswer> DataAsync(CancellationToken cancellationToken) =>
        AskAsync(MilterCommand.Data, default, cancellationToken);

    /// <summary>Sends a header field.</summary>
    public Task<MilterAnswer> HeaderAsync(HeaderField field, CancellationToken cancellationToken)
    {
        ReadOnlySpan<byte> value = field.Value.Span;
        if (!Agreed.Protocol.HasFlag(MilterProtocol.LeadingSpace) && value is [(byte)' ', ..])
            value = value[1..];

        var payload = new ArrayBufferWriter<byte>();
        FrameWriter.WriteString(payload, Encoding.Latin1.GetBytes(field.Name));
        FrameWriter.WriteString(payload, value);
        return AskAsync(MilterCommand.Header, payload.WrittenMemory, cancellationToken);
    }

    /// <summary>Sends end of header.</summary>
    public Task<MilterAnswer> EndOfHeaderAsync(CancellationToken cancellationToken) =>
        AskAsync(MilterCommand.EndOfHeader, default, cancellationToken);

    /// <summary>Sends a piece of the body.</summary>
    public Task<MilterAnswer> BodyAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken) =>
        AskAsync(MilterCommand.Body, piece, cancellationToken);

    /// <summary>Sends end of message and returns all that comes back, the verdict last.</summary>
    public async Task<IReadOnlyList<MilterAnswer>> EndOfMessageAsync(CancellationToken cancellationToken)
    {
        WriteMacros(MilterCommand.EndOfMessage);
        FrameWriter.WriteEmpty(connection.Output, MilterCommand.EndOfMessage);
        var answers = new List<MilterAnswer>();
        do
            answers.Add(await connection.ReadAsync(cancellationToken));
        while (!Steps.IsVerdict(answers[^1].Code));
        return answers;
    }

    /// <summary>Sends ABORT.</summary>
    public Task AbortAsync(CancellationToken cancellationToken) => TellAsync(MilterCommand.Abort, cancellationToken);

    /// <summary>Sends QUIT.</summary>
    public Task QuitAsync(CancellationToken cancellationToken) => TellAsync(MilterCommand.Quit, cancellationToken);

    /// <summary>Sends bytes as they are: for finding out what a filter makes of nonsense.</summary>
    public Task SendRawAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        connection.Output.Write(bytes.Span);
        return connection.SendAsync(cancellationToken);
    }

    /// <summary>Reads one frame.</summary>
    public Task<MilterAnswer> ReadAsync(CancellationToken cancellationToken) => connection.ReadAsync(cancellationToken);

    /// <summary>Takes a message from MAIL to its end, as this MTA would, and applies what the filter wants.</summary>
    public async Task<ClientResult> DeliverAsync(ClientMessage message, CancellationToken cancellationToken)
    {
        var edited = new EditedMessage(message, habits.Kind, Agreed.Protocol.HasFlag(MilterProtocol.LeadingSpace));
        var recipients = new List<MilterAnswer>();
        int progress = 0;
        ClientResult Result(MilterAnswer final, bool bodySent) =>
            new(recipients, final, edited.Header, edited.Body, bodySent, edited.QuarantineReason, progress);

        MilterAnswer answer = await MailAsync(message.Sender, cancellationToken);
        if (answer.Code != MilterReply.Continue)
            return Result(answer, bodySent: false);

        foreach (string recipient in message.Recipients)
            recipients.Add(await RecipientAsync(recipient, cancellationToken));
        if (!recipients.Exists(r => r.GoesOn))
        {
            await AbortAsync(cancellationToken);
            return Result(recipients[^1], bodySent: false);
        }

        answer = await DataAsync(cancellationToken);
        foreach (HeaderField field in message.Header)
            answer = answer.Code == MilterReply.Continue ? await HeaderAsync(field, cancellationToken) : answer;
        if (answer.Code == MilterReply.Continue)
            answer = await EndOfHeaderAsync(cancellationToken);
        if (answer.Code != MilterReply.Continue)
        {
            await AfterMessageAsync(cancellationToken);
            return Result(answer, bodySent: false);
        }

        for (int sent = 0; sent < message.Body.Length; sent += MaxPiece)
            await BodyAsync(message.Body.Slice(sent, Math.Min(MaxPiece, message.Body.Length - sent)), cancellationToken);

        IReadOnlyList<MilterAnswer> answers = await EndOfMessageAsync(cancellationToken);
        foreach (MilterAnswer edit in answers.SkipLast(1))
        {
            // Before the first edit it is harmless, so only there it is passed over.
            if (edit.Code == MilterReply.Progress && !edited.IsTouched)
                progress++;
            else
                edited.Apply(edit);
        }

        edited.Finish();
        await AfterMessageAsync(cancellationToken);
        return Result(answers[^1], bodySent: true);
    }

    /// <summary>Closes the connection, without a QUIT.</summary>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task NegotiateAsync(CancellationToken cancellationToken)
    {
        habits.Offer.Write(connection.Output, new Dictionary<MacroStage, string>());
        MilterAnswer answer = await connection.ReadAsync(cancellationToken);
        if (answer.Code != MilterCommand.Negotiate)
            throw new MilterProtocolException($"The filter answers the negotiation with {answer}.");

        Agreed = Negotiation.ReadAnswer(answer.Payload.Span);
        if ((Agreed.Actions & ~habits.Offer.Actions) != 0 || (Agreed.Protocol & ~habits.Offer.Protocol) != 0)
            throw new MilterProtocolException("The filter wants what was not offered.");

        RequestedMacros = Negotiation.ReadMacroLists(answer.Payload.Span);
        var lists = new Dictionary<MacroStage, string>(habits.Macros);
        foreach ((MacroStage stage, string names) in RequestedMacros)
        {
            // Sendmail 8.17 and 8.18 heed the list for end of message only beside one for end of header.
            bool heeded = habits.Kind != MtaKind.Sendmail || stage != MacroStage.EndOfMessage
                || RequestedMacros.ContainsKey(MacroStage.EndOfHeader);
            if (heeded && names.Length > 0)
                lists[stage] = names;
        }

        macroLists = lists;
    }

    private async Task<MilterAnswer> AskAsync(byte command, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (Steps.IsLeftOut(command, Agreed.Protocol))
            return MilterAnswer.Continue;

        if (habits.RepeatsMacros || command is not (MilterCommand.Header or MilterCommand.Body))
            WriteMacros(command);
        FrameWriter.WriteBytes(connection.Output, command, payload.Span);
        if (!Steps.IsSilent(command, Agreed.Protocol))
            return await connection.ReadAsync(cancellationToken);

        // MTAs collect what needs no answer; a long body must still flow.
        if (command == MilterCommand.Body)
            await connection.SendAsync(cancellationToken);
        return MilterAnswer.Continue;
    }

    private async Task TellAsync(byte command, CancellationToken cancellationToken)
    {
        FrameWriter.WriteEmpty(connection.Output, command);
        await connection.SendAsync(cancellationToken);
    }

    private async Task AfterMessageAsync(CancellationToken cancellationToken)
    {
        for (int i = 0; i < habits.AbortsAfterMessage; i++)
            await AbortAsync(cancellationToken);
    }

    private void WriteMacros(byte command)
    {
        var payload = new ArrayBufferWriter<byte>();
        payload.Write([command]);
        string names = Steps.MacroStageOf(command) is { } stage ? macroLists.GetValueOrDefault(stage, "") : "";
        foreach (string name in names.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!MacroValues.TryGetValue(name, out string? value))
                continue;
            FrameWriter.WriteString(payload, Encoding.ASCII.GetBytes(name));
            FrameWriter.WriteString(payload, Encoding.UTF8.GetBytes(value));
        }

        if (payload.WrittenCount > 1 || habits.SendsEmptyMacros)
            FrameWriter.WriteBytes(connection.Output, MilterCommand.Macro, payload.WrittenSpan);
    }

    private static ReadOnlyMemory<byte> Strings(params ReadOnlySpan<string> strings)
    {
        var payload = new ArrayBufferWriter<byte>();
        foreach (string text in strings)
            FrameWriter.WriteString(payload, Encoding.UTF8.GetBytes(text));
        return payload.WrittenMemory;
    }
}
