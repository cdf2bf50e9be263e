namespace MilterCrypt.Milter;

/// <summary>What becomes of a message. Each change is checked against what the MTA allows before the first is sent; one
/// that can't be carried out is a 451 for the whole message.</summary>
/// <param name="Header">The edits, in any order: how each MTA must be told is the library's business.</param>
/// <param name="Body">The whole new body with CRLF line endings, read once and disposed by the library, or null to
/// keep the body.</param>
public sealed record MessageChanges(IReadOnlyList<HeaderEdit> Header, Stream? Body)
{
    /// <summary>Changes of the envelope, or of nothing yet.</summary>
    public MessageChanges()
        : this([], null)
    {
    }

    /// <summary>The new envelope sender, or null to keep it. Of arguments Postfix heeds RET and ENVID; Sendmail heeds most,
    /// but neither SIZE nor BODY.</summary>
    public EnvelopeAddress? Sender { get; init; }

    /// <summary>Recipients to add. Of arguments Postfix heeds NOTIFY and ORCPT. An address that is taken away by the same
    /// changes comes back, but to Sendmail without the arguments.</summary>
    public IReadOnlyList<EnvelopeAddress> AddedRecipients { get; init; } = [];

    /// <summary>Recipients to take away, out of <see cref="MailTransaction.Recipients"/>; with one goes each other that
    /// was given in the same words. Some recipient must be left or added: a message without any vanishes, though its sender
    /// is told that it was taken. Whoever wants that says <see cref="MailVerdict.Discarded"/>.</summary>
    public IReadOnlyList<Recipient> RemovedRecipients { get; init; } = [];

    /// <summary>Why the MTA shall keep the message, changed as it is, in its hold queue: one line, shown to the
    /// administrator; null to let it go on.</summary>
    public string? QuarantineReason { get; init; }
}

/// <summary>One edit of the header. A field is named by its place in <see cref="MailTransaction.Header"/>, from 0, and
/// edited once at most. Values are all bytes behind the colon, so one normally begins with a space; folds are LF or CRLF
/// and a blank.</summary>
public abstract record HeaderEdit
{
    private HeaderEdit() { }

    /// <summary>Gives a field another value, at its place.</summary>
    public sealed record Change(int Field, ReadOnlyMemory<byte> Value) : HeaderEdit;

    /// <summary>Takes a field out.</summary>
    public sealed record Delete(int Field) : HeaderEdit;

    /// <summary>Adds a field at the header's end.</summary>
    public sealed record Add(string Name, ReadOnlyMemory<byte> Value) : HeaderEdit;

    /// <summary>Adds a field above all fields that are the message's own; several keep their order.</summary>
    public sealed record Prepend(string Name, ReadOnlyMemory<byte> Value) : HeaderEdit;
}
