namespace MilterCrypt.Engine.Mail;

/// <summary>A header field, its bytes as they came (RFC 5322 §2.2).</summary>
/// <param name="Name">The name, without the colon.</param>
/// <param name="Value">All bytes behind the colon, leading white space included; folds are LF and white space; no
/// line ending at the end.</param>
public sealed record HeaderField(string Name, ReadOnlyMemory<byte> Value)
{
    /// <summary>How many octets it has in a message, with CRLF at its folds and its end.</summary>
    internal long LengthInMessage => Name.Length + 1 + Value.Length + Value.Span.Count((byte)'\n') + 2;

    /// <summary>Whether this field has that name (RFC 5322 §1.2.2: names are compared without regard to case).</summary>
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
