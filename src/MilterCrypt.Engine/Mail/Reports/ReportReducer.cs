namespace MilterCrypt.Engine.Mail.Reports;

/// <summary>Takes the content out of a message that must not leave in clear, has no key to be encrypted with, and can't be
/// refused either since nobody sent it: a report, a receipt, an automatic reply. Of a report what machines read of it stays, and by
/// what the message that it is about is known again; of all else nothing but a notice. Owned by its message; holds at most 200 KiB
/// whatever comes, of which the bytes as they came are cleared by disposal.
/// <code>
/// using var reducer = ReportReducer.Begin(header, "mail.example.org");
/// reducer.Write(piece);                        // for each piece of the body
/// ReducedMessage reduced = reducer.Complete();
/// </code>
/// </summary>
public sealed class ReportReducer : IDisposable
{
    private readonly IReadOnlyList<HeaderField> header;
    private readonly string host;
    private readonly ReportParts? parts;

    private ReportReducer(IReadOnlyList<HeaderField> header, string host)
    {
        this.header = header;
        this.host = host;
        parts = ReportStructure.Read(header) is { } structure ? new ReportParts(structure) : null;
    }

    /// <summary>Begins with a message's header.</summary>
    /// <param name="header">Its fields.</param>
    /// <param name="host">The name of this host, for the notice.</param>
    public static ReportReducer Begin(IReadOnlyList<HeaderField> header, string host) => new(header, host);

    /// <summary>Takes the next bytes of the body, cut anywhere.</summary>
    public void Write(ReadOnlySpan<byte> bodyPiece) => parts?.Write(bodyPiece);

    /// <summary>The body is whole: what the message becomes. Half a message must not be completed.</summary>
    public ReducedMessage Complete() =>
        parts?.Complete() is { } report ? ReducedWriting.Report(header, report, host) : ReducedWriting.NoticeAlone(header, host);

    /// <inheritdoc/>
    public void Dispose() => parts?.Dispose();
}
