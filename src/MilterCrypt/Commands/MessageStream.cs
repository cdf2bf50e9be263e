using System.Buffers;
using System.IO.Pipelines;
using MilterCrypt.Engine;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Commands;

/// <summary>A message from a stream, told as an MTA would tell it to a milter: header fields, then the body as it comes.
/// One whose lines end in LF alone, as files on Unix do, is written back so. Owned by its command; its memory does not
/// grow with the message.</summary>
internal sealed class MessageStream : IAsyncDisposable
{
    private const int PieceLength = 64 * 1024;

    private readonly PipeReader input;
    private readonly byte[] headerAsItCame;
    private readonly bool hasBareLineFeeds;
    private readonly ArrayBufferWriter<byte> unfinishedLine = new();
    private Spool? bodyAsItCame;
    private bool isForgotten;

    private MessageStream(PipeReader input, byte[] headerAsItCame, IReadOnlyList<HeaderField> header)
    {
        this.input = input;
        this.headerAsItCame = headerAsItCame;
        Header = header;
        int firstEnd = headerAsItCame.AsSpan().IndexOf((byte)'\n');
        hasBareLineFeeds = firstEnd >= 0 && (firstEnd == 0 || headerAsItCame[firstEnd - 1] != '\r');
    }

    /// <summary>The header's fields.</summary>
    public IReadOnlyList<HeaderField> Header { get; }

    /// <summary>What is behind the header, unread so far.</summary>
    public PipeReader Body => input;

    /// <summary>Reads a message's header, and no further than needed.</summary>
    /// <param name="stream">Where it comes from.</param>
    /// <param name="name">What to call that.</param>
    /// <param name="maxHeader">The most bytes that its header may have.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="CommandException">It is no message.</exception>
    public static async Task<MessageStream> ReadHeaderAsync(Stream stream, string name, int maxHeader, CancellationToken cancellationToken)
    {
        var input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: PieceLength, leaveOpen: true));
        for (long enough = 0; ;)
        {
            var read = await input.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            // Each look begins at the start: one for each doubling keeps the whole linear.
            if ((rest.Length >= enough || read.IsCompleted)
                && MessageHeader.TryRead(ref rest, read.IsCompleted, maxHeader, out var header, out string? fault))
            {
                if (header is null)
                    throw new CommandException(ExitCode.Data, $"{name} is not a message: {fault}");
                byte[] bytes = read.Buffer.Slice(0, rest.Start).ToArray();
                input.AdvanceTo(rest.Start);
                return new MessageStream(input, bytes, header);
            }
            enough = 2 * rest.Length;
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Writes all of it as it comes, body unread so far, but for changes of its header.</summary>
    public async Task CopyAsync(IReadOnlyList<HeaderChange> changes, Stream output, CancellationToken cancellationToken)
    {
        await WriteHeaderAsync(changes, output, cancellationToken);
        await input.CopyToAsync(output, cancellationToken);
    }

    /// <summary>Hands the body over, and keeps what may have to leave as it came, where the message does not keep it itself.</summary>
    /// <param name="message">What takes it; it has asked for the body.</param>
    /// <param name="options">Where what is kept waits.</param>
    /// <param name="budget">How much of it may.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="SpoolException">The disk failed.</exception>
    public async Task<MessageOutcome> TellBodyAsync(
        FilteredMessage message, SpoolOptions options, SpoolBudget budget, CancellationToken cancellationToken)
    {
        // With thresholds of one byte, a piece that was flushed has been looked at: whether it may be kept is known.
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));
        var telling = FeedAsync(message, pipe.Writer, options, budget, cancellationToken);
        var hearing = HearAsync(message, pipe.Reader, cancellationToken);
        await Task.WhenAll(telling, hearing);
        return await hearing;
    }

    /// <summary>Writes all of it as it came, after the body was told, but for changes of its header.</summary>
    /// <param name="message">Whom the body was told.</param>
    /// <param name="changes">The changes.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task WriteAsItCameAsync(FilteredMessage message, IReadOnlyList<HeaderChange> changes, Stream output, CancellationToken cancellationToken)
    {
        await using var waited = message.OpenBodyThatWaited();
        // Better nothing than half a message that looks whole.
        if (waited is null && isForgotten)
            throw new InvalidOperationException("The body was not kept, and is to leave as it came.");

        await WriteHeaderAsync(changes, output, cancellationToken);
        if ((waited ?? bodyAsItCame?.OpenRead()) is { } body)
            await body.CopyToAsync(output, cancellationToken);
        await output.WriteAsync(unfinishedLine.WrittenMemory, cancellationToken);
    }

    /// <summary>Writes the message as it has become.</summary>
    public async Task WriteAsync(MessageOutcome.Rewritten rewritten, Stream output, CancellationToken cancellationToken)
    {
        await WriteHeaderAsync(rewritten.Header, output, cancellationToken);

        byte[] piece = new byte[PieceLength];
        int read;
        while ((read = await rewritten.Body.ReadAsync(piece, cancellationToken)) > 0)
            await WriteAsync(piece.AsMemory(0, read), output, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await input.CompleteAsync();
        await ForgetAsync();
    }

    private async Task WriteHeaderAsync(IReadOnlyList<HeaderChange> changes, Stream output, CancellationToken cancellationToken)
    {
        if (changes.Count == 0)
        {
            await output.WriteAsync(headerAsItCame, cancellationToken);
            return;
        }

        var header = new ArrayBufferWriter<byte>();
        foreach (var field in changes.Apply(Header))
            field.WriteTo(header);
        header.Write("\r\n"u8);
        await WriteAsync(header.WrittenSpan.ToArray(), output, cancellationToken);
    }

    private static async Task<MessageOutcome> HearAsync(FilteredMessage message, PipeReader body, CancellationToken cancellationToken)
    {
        try
        {
            return await message.ReadBodyAsync(body, "standard input", cancellationToken);
        }
        finally
        {
            // Whatever made it end early, the rest need not be told.
            await body.CompleteAsync();
        }
    }

    private async Task FeedAsync(
        FilteredMessage message, PipeWriter body, SpoolOptions options, SpoolBudget budget, CancellationToken cancellationToken)
    {
        bool whole = false;
        try
        {
            while (!whole)
            {
                var read = await input.ReadAsync(cancellationToken);
                foreach (var piece in read.Buffer)
                {
                    if ((await body.WriteAsync(piece, cancellationToken)).IsCompleted)
                        return;
                    if (message.MayBeEncryptedAlready)
                        await KeepAsync(piece, options, budget, cancellationToken);
                    else
                        await ForgetAsync();
                }
                input.AdvanceTo(read.Buffer.End);
                whole = read.IsCompleted;
            }
        }
        finally
        {
            await body.CompleteAsync(whole ? null : new IOException("the message broke off"));
        }
    }

    /// <summary>Only lines that were found to be ciphertext go where a disk may be; the last, not yet looked at, is a
    /// short one, or the message would not be taken for an encrypted one any more.</summary>
    private async Task KeepAsync(ReadOnlyMemory<byte> piece, SpoolOptions options, SpoolBudget budget, CancellationToken cancellationToken)
    {
        int end = piece.Span.LastIndexOf((byte)'\n') + 1;
        if (end > 0)
        {
            if (bodyAsItCame is null && !Spool.TryOpen(options, budget, out bodyAsItCame))
                throw NoRoom();
            bodyAsItCame.Write(unfinishedLine.WrittenSpan);
            unfinishedLine.Clear();
            bodyAsItCame.Write(piece.Span[..end]);
            if (!await bodyAsItCame.FlushAsync(cancellationToken))
                throw NoRoom();
        }
        unfinishedLine.Write(piece.Span[end..]);
    }

    private async ValueTask ForgetAsync()
    {
        isForgotten = true;
        unfinishedLine.Clear();
        if (bodyAsItCame is not null)
            await bodyAsItCame.DisposeAsync();
        bodyAsItCame = null;
    }

    private ValueTask WriteAsync(Memory<byte> text, Stream output, CancellationToken cancellationToken) =>
        output.WriteAsync(hasBareLineFeeds ? text[..RemoveCarriageReturns(text.Span)] : text, cancellationToken);

    /// <summary>Takes out those that belong to a line's end. At a piece's end they always do: the header is one piece, and
    /// the body holds no others.</summary>
    private static int RemoveCarriageReturns(Span<byte> text)
    {
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\r' || (i + 1 < text.Length && text[i + 1] != '\n'))
                text[length++] = text[i];
        }
        return length;
    }

    private static CommandException NoRoom() => new(ExitCode.TryAgain, "no room in the spool");
}
