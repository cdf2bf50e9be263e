namespace MilterCrypt.Engine.Mail;

/// <summary>A Content-Type field's meaning (RFC 2045 §5.1).</summary>
/// <param name="MediaType">Type and subtype, lower case: <c>text/plain</c>.</param>
/// <param name="Parameters">Values by their names in lower case; quotes and backslashes resolved.</param>
public sealed record ContentType(string MediaType, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>Reads a field's value: comments, folds and quoted strings are understood (RFC 5322 §3.2). What is
    /// ambiguous (a parameter given twice, an unclosed quote, something behind the end) is null, since readers would
    /// differ about it.</summary>
    /// <param name="value">The bytes behind the colon.</param>
    public static ContentType? Parse(ReadOnlySpan<byte> value)
    {
        var reader = new StructuredFieldReader(value);
        if (!reader.TryReadToken(out string type) || !reader.TryRead('/') || !reader.TryReadToken(out string subtype))
            return null;
        return reader.TryReadParameters(out var parameters)
            ? new ContentType(AsciiCase.ToLower($"{type}/{subtype}"), parameters)
            : null;
    }
}
