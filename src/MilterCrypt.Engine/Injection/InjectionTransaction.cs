using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Injection;

/// <summary>One message on its way back to the MTA, in two steps: <see cref="BringAsync"/> brings all of it but the line that ends
/// it, so that whatever may be refused has been; <see cref="FinishAsync"/> ends it. Disposing of it before that takes it all back:
/// the MTA drops what was not ended. Used by one caller at a time, for one message; owned by who began it.</summary>
public sealed class InjectionTransaction : IAsyncDisposable
{
    private const int PieceLength = 32 * 1024;

    // It has the message; that the conversation's end is clean is courtesy.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly InjectionOptions options;
    private readonly Action ended;
    private ListenerConnection? connection;
    private Stage stage = Stage.New;

    internal InjectionTransaction(InjectionOptions options, Action ended) => (this.options, this.ended) = (options, ended);

    private enum Stage
    {
        New,
        Broken,
        Conversing,
        Brought,
        Ended,
        Disposed,
    }

    /// <summary>Whether the message was brought, and the MTA still waits for its end as far as can be seen from here. Worth asking
    /// for all forms of a message before the first of them is ended.</summary>
    public bool AwaitsItsEnd => stage == Stage.Brought && !connection!.HasSpoken;

    private InjectionLimits Limits => options.Limits;

    /// <summary>Brings the message to the MTA, up to just before its end.</summary>
    /// <param name="envelope">Its envelope.</param>
    /// <param name="header">Its header, as it shall be.</param>
    /// <param name="body">Its body, whose length is known, from its position on; a line without an end gets one.</param>
    /// <param name="cancellationToken">Breaks it off; nothing was delivered then.</param>
    /// <returns>Null when all was taken and only the end is missing; else <see cref="InjectionResult.Refused"/> or
    /// <see cref="InjectionResult.Unreachable"/>: the MTA delivers nothing of it. Where some recipients are refused, one of them
    /// is named, and the refusal is permanent if that of all of them is.</returns>
    /// <exception cref="InvalidOperationException">It was called before.</exception>
    /// <exception cref="ArgumentException">There is no recipient, or a field's name is none.</exception>
    public async ValueTask<InjectionResult?> BringAsync(
        InjectionEnvelope envelope, IReadOnlyList<HeaderField> header, Stream body, CancellationToken cancellationToken)
    {
        if (stage != Stage.New)
            throw new InvalidOperationException("A transaction is for one message.");
        ArgumentOutOfRangeException.ThrowIfZero(envelope.Recipients.Count);
        stage = Stage.Broken;
        if (EnvelopeSyntax.Fault(envelope) is { } fault)
            return fault;
        var text = HeaderText(header);
        try
        {
            connection = await ListenerConnection.ConnectAsync(options.Target, Limits.Connect, options.Time, cancellationToken);
            var conversation = new EnvelopeConversation(connection, Limits);
            var (offered, unfit) = await conversation.GreetAsync(options.HeloName, cancellationToken);
            if (unfit is not null)
                return unfit;

            stage = Stage.Conversing;
            var commands = new EnvelopeCommands(envelope, offered);
            if (commands.Obstacle() is { } obstacle)
                return obstacle;
            long size = text.Length + (body.Length - body.Position);
            stage = Stage.Broken;
            var refused = await conversation.SendAsync(commands.All(size), offered.HasFlag(SmtpExtensions.Pipelining), cancellationToken)
                ?? await SendMessageAsync(text, body, cancellationToken);
            stage = refused is null ? Stage.Brought : conversation.IsInData ? Stage.Broken : Stage.Conversing;
            return refused;
        }
        catch (ListenerException failure)
        {
            stage = Stage.Broken;
            return Unreachable(failure);
        }
    }

    /// <summary>Ends the message, with which the MTA takes it over.</summary>
    /// <param name="cancellationToken">Has it end as soon as it is known what became of the message: before the end was sent that is at
    /// once; behind it its reply is waited for a little longer (<see cref="InjectionLimits.LastWord"/>).</param>
    /// <returns>What became of it: any result. Cancelled or not, it says whether the end was sent.</returns>
    /// <exception cref="InvalidOperationException">The message was not brought, or was ended before.</exception>
    public async ValueTask<InjectionResult> FinishAsync(CancellationToken cancellationToken)
    {
        if (stage != Stage.Brought)
            throw new InvalidOperationException("No message was brought that could be ended.");
        stage = Stage.Broken;
        try
        {
            if (cancellationToken.IsCancellationRequested)
                return new InjectionResult.Unreachable(Reason("there was no time to end the message"));
            if (connection!.HasSpoken)
                return (await connection.ReadFarewellAsync("the message", cancellationToken)).ToRefused(null);
            connection.Send(".\r\n"u8.ToArray());
        }
        catch (Exception failure) when (failure is ListenerException or OperationCanceledException)
        {
            return Unreachable(failure);
        }

        using var enough = new CancellationTokenSource(Timeout.InfiniteTimeSpan, options.Time);
        await using var patience = cancellationToken.UnsafeRegister(_ => enough.CancelAfter(Limits.LastWord), null);
        try
        {
            var reply = await connection.ReadReplyAsync(Limits.End, "the message's end", enough.Token);
            if (!reply.IsGoAhead)
                stage = Stage.Ended;
            return reply.IsSuccess ? new InjectionResult.Accepted(reply.QueueId, reply.Text)
                : reply.IsRefusal ? reply.ToRefused(null)
                : new InjectionResult.Unknown(Reason($"it answered the message's end with {reply}"));
        }
        catch (Exception failure) when (failure is ListenerException or OperationCanceledException)
        {
            // What never left can't have been taken.
            return connection.SendingFailed ? Unreachable(failure) : new InjectionResult.Unknown(Reason(Words(failure)));
        }
    }

    /// <summary>Ends the conversation. A message that was not ended is taken back.</summary>
    public async ValueTask DisposeAsync()
    {
        var last = stage;
        if (last == Stage.Disposed)
            return;
        stage = Stage.Disposed;
        try
        {
            if (connection is null)
                return;
            if (last is Stage.Conversing or Stage.Ended)
                await SayGoodbyeAsync(connection);
            else
                connection.Abort();
            await connection.DisposeAsync();
        }
        finally
        {
            ended();
        }
    }

    private static async ValueTask SayGoodbyeAsync(ListenerConnection connection)
    {
        try
        {
            connection.Send("QUIT\r\n"u8.ToArray());
            await connection.ReadReplyAsync(Farewell, "QUIT", CancellationToken.None);
        }
        catch (ListenerException)
        {
            // It is gone already, or in no hurry; all was said.
            connection.Abort();
        }
    }

    private static ReadOnlyMemory<byte> HeaderText(IReadOnlyList<HeaderField> header)
    {
        var text = new ArrayBufferWriter<byte>();
        foreach (var field in header)
        {
            if (field.Name.Length == 0 || field.Name.AsSpan().ContainsAny('\r', '\n', '\0'))
                throw new ArgumentException("A field's name would not be one in the message.", nameof(header));
            field.WriteTo(text);
        }

        text.Write("\r\n"u8);
        return text.WrittenMemory;
    }

    /// <summary>Sends all of the message but its end.</summary>
    /// <returns>Null, or the listener's farewell.</returns>
    private async ValueTask<InjectionResult.Refused?> SendMessageAsync(
        ReadOnlyMemory<byte> header, Stream body, CancellationToken cancellationToken)
    {
        // A body may be plaintext: buffers of its own, which nobody gets after it, and which are cleared.
        byte[] piece = new byte[PieceLength];
        byte[] block = new byte[(2 * PieceLength) + 2];
        var stuffing = new DotStuffing();
        connection!.Watch();
        try
        {
            for (int length = piece.Length; length == piece.Length;)
            {
                length = Math.Min(header.Length, piece.Length);
                header[..length].CopyTo(piece);
                header = header[length..];
                length += await body.ReadAtLeastAsync(piece.AsMemory(length), piece.Length - length, throwOnEndOfStream: false, cancellationToken);

                int written = stuffing.Write(piece.AsSpan(0, length), block);
                if (length < piece.Length)
                    written += stuffing.End(block.AsSpan(written));
                connection.Send(block.AsMemory(0, written));
                if (!await connection.SentAsync(Limits.Block, cancellationToken) || connection.HasSpoken)
                    return (await connection.ReadFarewellAsync("the message", cancellationToken)).ToRefused(null);
            }

            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(piece);
            CryptographicOperations.ZeroMemory(block);
        }
    }

    private InjectionResult.Unreachable Unreachable(Exception failure) => new(Reason(Words(failure)));

    private static string Words(Exception failure) => failure is OperationCanceledException ? "there was no time to wait for it" : failure.Message;

    private string Reason(string what) => $"{options.Target}: {what}";
}
