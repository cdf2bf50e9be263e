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
    // What honest filters stay far below. MTAs have no such limits; they have a queue on a disk.
    private const int MostAnswers = 10_000;
    private const long MostBytes = 256L << 20;

    // What an answer takes beside its data.
    private const int AnswerSize = 64;

    private readonly FrameConnection connection;
    private readonly MtaHabits habits;
    private IReadOnlyDictionary<MacroStage, string> macroLists;
    private MilterAnswer? ofConnect;
    private MilterAnswer? ofHelo;
    private bool hasQueueId;
    private bool local;

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

    /// <summary>What the filter said of the whole session at CONNECT or HELO: it accepts, or refuses, all of it. Null when
    /// it said nothing of the kind.</summary>
    public MilterAnswer? Standing => ofConnect ?? ofHelo;

    /// <summary>What is told of the session in macros, beside <see cref="MacroValues"/>.</summary>
    internal SessionMacros SessionMacros { get; } = new();

    /// <summary>Whether the client is one for whom Postfix adds what a header lacks (local_header_rewrite_clients), and shows
    /// it.</summary>
    internal bool AddsMissingFields { get; private set; }

    /// <summary>The reason of a quarantine that was asked for before end of message, which Postfix allows.</summary>
    internal string? EarlyQuarantine { get; private set; }

    /// <summary>Connects to a filter and negotiates.</summary>
    /// <param name="endpoint">Where it listens.</param>
    /// <param name="habits">The MTA to behave like.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MilterProtocolException">The answer is none, or holds what was not offered.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">Nobody listens there.</exception>
    public static Task<MilterClient> OpenAsync(MilterEndpoint endpoint, MtaHabits habits, CancellationToken cancellationToken) =>
        OpenAsync(endpoint, habits, null, cancellationToken);

    /// <summary>Connects to a filter and negotiates, and shows each frame, either way, to somebody.</summary>
    /// <param name="endpoint">Where it listens.</param>
    /// <param name="habits">The MTA to behave like.</param>
    /// <param name="observer">Who is shown the frames, in their order; null for nobody.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MilterProtocolException">The answer is none, or holds what was not offered.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">Nobody listens there.</exception>
    public static async Task<MilterClient> OpenAsync(
        MilterEndpoint endpoint, MtaHabits habits, Action<FrameTrace>? observer, CancellationToken cancellationToken)
    {
        var client = new MilterClient(await FrameConnection.OpenAsync(endpoint, observer, cancellationToken), habits);
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
    public async Task<MilterAnswer> ConnectAsync(string host, IPAddress? address, int port, CancellationToken cancellationToken)
    {
        AddsMissingFields = habits.Kind == MtaKind.Postfix && address is not null && IPAddress.IsLoopback(address);
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

        MilterAnswer answer = await AskAsync(MilterCommand.Connect, payload.WrittenMemory, cancellationToken);
        (ofConnect, ofHelo) = (Lasting(habits.HeardAtConnect(answer)), null);
        return answer;
    }

    /// <summary>Sends HELO.</summary>
    public async Task<MilterAnswer> HeloAsync(string name, CancellationToken cancellationToken)
    {
        MilterAnswer answer = await AskAsync(MilterCommand.Helo, FrameWriter.Strings(name), cancellationToken);
        ofHelo = Lasting(answer);
        return answer;
    }

    /// <summary>Sends MAIL: the path and its arguments, separated by blanks.</summary>
    public Task<MilterAnswer> MailAsync(string path, CancellationToken cancellationToken)
    {
        // Postfix has a queue file from the first recipient on, and tells its name behind that.
        hasQueueId = local || habits.Kind != MtaKind.Postfix;
        EarlyQuarantine = null;
        return AskAsync(MilterCommand.Mail, FrameWriter.Strings(EnvelopePath.Split(path)), cancellationToken);
    }

    /// <summary>Sends RCPT, in the same manner.</summary>
    public async Task<MilterAnswer> RecipientAsync(string path, CancellationToken cancellationToken)
    {
        SessionMacros.Recipient(path);
        MilterAnswer answer = await AskAsync(MilterCommand.Recipient, FrameWriter.Strings(EnvelopePath.Split(path)), cancellationToken);
        hasQueueId |= answer.GoesOn;
        return answer;
    }

    /// <summary>Sends a command that the MTA does not know.</summary>
    public Task<MilterAnswer> UnknownAsync(string commandLine, CancellationToken cancellationToken) =>
        AskAsync(MilterCommand.Unknown, FrameWriter.Strings(commandLine), cancellationToken);

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
    /// <exception cref="MilterProtocolException">The verdict is one that this MTA does not know, or what comes before it has no
    /// end: over 10,000 frames beside the body's, or over 256 MiB.</exception>
    public async Task<IReadOnlyList<MilterAnswer>> EndOfMessageAsync(CancellationToken cancellationToken)
    {
        WriteMacros(MilterCommand.EndOfMessage);
        FrameWriter.WriteEmpty(connection.Output, MilterCommand.EndOfMessage);
        var answers = new List<MilterAnswer>();
        int edits = 0;
        long size = 0;
        do
        {
            MilterAnswer answer = await connection.ReadAsync(cancellationToken);
            answers.Add(answer);
            size += AnswerSize + answer.Payload.Length;
            edits += answer.Code == MilterReply.ReplaceBody ? 0 : 1;
            if (edits > MostAnswers || size > MostBytes)
                throw new MilterProtocolException($"The filter's answer to {MilterCommand.NameOf(MilterCommand.EndOfMessage)} has no end.");
        }
        while (!Steps.IsVerdict(answers[^1].Code));
        return IsKnown(answers[^1])
            ? answers
            : throw new MilterProtocolException($"The filter answers {answers[^1]}, which {habits.Kind} does not know.");
    }

    /// <summary>Sends ABORT.</summary>
    public Task AbortAsync(CancellationToken cancellationToken) => TellAsync(MilterCommand.Abort, cancellationToken);

    /// <summary>Does what the MTA does when its SMTP client says RSET: ABORT, which Sendmail leaves out where MAIL is not
    /// answered.</summary>
    public Task ResetAsync(CancellationToken cancellationToken) =>
        habits.Kind == MtaKind.Sendmail && Steps.IsSilent(MilterCommand.Mail, Agreed.Protocol)
            ? Task.CompletedTask
            : AbortAsync(cancellationToken);

    /// <summary>Sends QUIT; before it, as Postfix, ABORT.</summary>
    public async Task QuitAsync(CancellationToken cancellationToken)
    {
        if (habits.AbortsWhatHasEnded && !local)
            FrameWriter.WriteEmpty(connection.Output, MilterCommand.Abort);
        await TellAsync(MilterCommand.Quit, cancellationToken);
    }

    /// <summary>Sends QUIT_NC: another SMTP client follows on this connection, with CONNECT.</summary>
    public Task QuitNewClientAsync(CancellationToken cancellationToken)
    {
        (ofConnect, ofHelo) = (null, null);
        return TellAsync(MilterCommand.QuitNewClient, cancellationToken);
    }

    /// <summary>Sends bytes as they are: for finding out what a filter makes of nonsense.</summary>
    public Task SendRawAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        connection.SendRawAsync(bytes, cancellationToken);

    /// <summary>Reads one frame.</summary>
    public Task<MilterAnswer> ReadAsync(CancellationToken cancellationToken) => connection.ReadAsync(cancellationToken);

    /// <summary>Takes a message from MAIL to its end, as this MTA would, and applies what the filter wants.</summary>
    /// <exception cref="MilterProtocolException">The filter answers what this MTA does not take.</exception>
    public Task<ClientResult> DeliverAsync(ClientMessage message, CancellationToken cancellationToken) =>
        new MessageDelivery(this, local).RunAsync(message, cancellationToken);

    /// <summary>Takes a whole SMTP session past the filter, from CONNECT to QUIT, with the macros that this MTA tells of it
    /// (<see cref="MacroValues"/> come before them).</summary>
    /// <exception cref="MilterProtocolException">The filter answers what this MTA does not take.</exception>
    public async Task<ClientSessionResult> RunAsync(ClientSession session, CancellationToken cancellationToken)
    {
        Introduce(session);
        MilterAnswer connect = await ConnectAsync(session.Host, session.Address, session.Port, cancellationToken);
        MilterAnswer helo = Standing ?? await HeloAsync(session.Helo, cancellationToken);
        if (session.Tls is { } tls && Standing is null)
        {
            // What came before STARTTLS is forgotten; only Postfix says so.
            if (habits.AbortsWhatHasEnded)
                await AbortAsync(cancellationToken);
            SessionMacros.BeginTls(tls);
            helo = await HeloAsync(session.Helo, cancellationToken);
        }

        if (session.Authentication is { } login)
            SessionMacros.LogIn(login);
        var results = new List<ClientResult>();
        foreach (ClientMessage message in session.Messages)
        {
            SessionMacros.Begin(message);
            results.Add(await DeliverAsync(message, cancellationToken));
        }

        await PartAsync(QuitAsync(cancellationToken));
        return new ClientSessionResult(connect, helo, results);
    }

    /// <summary>Says what nothing hangs on any more: a filter that has gone by then is not missed.</summary>
    internal static async Task PartAsync(Task saying)
    {
        try
        {
            await saying;
        }
        catch (IOException)
        {
            // It has said all that it had to say.
        }
    }

    /// <summary>Gets ready to tell of a session.</summary>
    internal void Introduce(ClientSession session)
    {
        local = session.IsLocalSubmission;
        SessionMacros.Connect(session, habits);
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
        if (Steps.IsLeftOut(command, Agreed))
        {
            // Postfix tells the macros even of commands that it leaves out.
            if (habits.SendsEmptyMacros)
                WriteMacros(command);
            return MilterAnswer.Continue;
        }

        if (habits.RepeatsMacros || command is not (MilterCommand.Header or MilterCommand.Body))
            WriteMacros(command);
        FrameWriter.WriteBytes(connection.Output, command, payload.Span);
        if (!Steps.IsSilent(command, Agreed.Protocol))
            return await ReadReplyAsync(command, cancellationToken);

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

    // Before end of message Postfix is patient and takes a quarantine; Sendmail gives the filter up.
    private async Task<MilterAnswer> ReadReplyAsync(byte command, CancellationToken cancellationToken)
    {
        for (int i = 0; i < MostAnswers; i++)
        {
            MilterAnswer answer = await connection.ReadAsync(cancellationToken);
            if (habits.Kind == MtaKind.Postfix && answer.Code == MilterReply.Progress)
                continue;
            if (habits.Kind == MtaKind.Postfix && answer.Code == MilterReply.Quarantine)
                EarlyQuarantine = Encoding.UTF8.GetString(answer.Payload.Span).TrimEnd('\0');
            else if ((Steps.IsVerdict(answer.Code) || answer.Code == MilterReply.Skip) && IsKnown(answer))
                return answer;
            else
                throw new MilterProtocolException($"The filter answers {MilterCommand.NameOf(command)} with {answer}.");
        }

        throw new MilterProtocolException($"The filter's answer to {MilterCommand.NameOf(command)} has no end.");
    }

    // No MTA knows a failed connection, Sendmail not even a shutdown; a reply needs a code, 4xx or 5xx, and a text.
    private bool IsKnown(MilterAnswer answer) => answer.Code switch
    {
        MilterReply.ConnectionFailure => false,
        MilterReply.Shutdown => habits.Kind == MtaKind.Postfix,
        MilterReply.ReplyCode => answer.Payload.Span is
            [(byte)'4' or (byte)'5', >= (byte)'0' and <= (byte)'9', >= (byte)'0' and <= (byte)'9', (byte)' ' or (byte)'-', ..],
        _ => true,
    };

    private static MilterAnswer? Lasting(MilterAnswer answer) =>
        answer.Code is MilterReply.Continue or MilterReply.Skip ? null : answer;

    private void WriteMacros(byte command)
    {
        var payload = new ArrayBufferWriter<byte>();
        payload.Write([command]);
        string names = Steps.MacroStageOf(command) is { } stage ? macroLists.GetValueOrDefault(stage, "") : "";
        foreach (string name in names.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if ((MacroValues.GetValueOrDefault(name) ?? SessionMacros[name]) is not { } value || (name == "i" && !hasQueueId))
                continue;
            FrameWriter.WriteString(payload, Encoding.ASCII.GetBytes(name));
            FrameWriter.WriteString(payload, Encoding.UTF8.GetBytes(value));
        }

        if (payload.WrittenCount > 1 || habits.SendsEmptyMacros)
            FrameWriter.WriteBytes(connection.Output, MilterCommand.Macro, payload.WrittenSpan);
    }
}
