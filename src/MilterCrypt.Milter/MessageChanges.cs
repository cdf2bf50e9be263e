namespace MilterCrypt.Milter;

/// <summary>What becomes of a message's header and body.</summary>
/// <param name="Header">The edits, in any order: how each MTA must be told is the library's business.</param>
/// <param name="Body">The whole new body with CRLF line endings, read once and disposed by the library, or null to
/// keep the body.</param>
public sealed record MessageChanges(IReadOnlyList<HeaderEdit> Header, Stream? Body);

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
