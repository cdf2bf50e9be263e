namespace MilterCrypt.Engine.Mail;

/// <summary>Kinds of content about which the program decides differently.</summary>
public static class ContentKinds
{
    /// <summary>Whether the message is a piece of another (RFC 2046 §5.2.2). What it says cannot be known before the recipient's
    /// mail program has all pieces, and if it were encrypted that program could not put them together. Where there are several
    /// Content-Type fields readers differ about which counts, so each does; what stands behind the type is not looked at, since
    /// no fault there keeps a reader from joining the pieces.</summary>
    public static bool IsPartial(IReadOnlyList<HeaderField> header) =>
        header.Any(static field => field.Is("Content-Type") && TypeOf(field.Value.Span) == "message/partial");

    /// <summary>What a reader may take the message for, in lower case: the type of each Content-Type field in which one stands, whatever
    /// stands behind it, since readers differ about that, too. Without a field it is plain text (RFC 2045 §5.2).</summary>
    public static IReadOnlyList<string> TypesOf(IReadOnlyList<HeaderField> header)
    {
        var fields = header.Where(static field => field.Is("Content-Type")).ToList();
        return fields.Count == 0 ? ["text/plain"] : [.. fields.Select(static field => TypeOf(field.Value.Span)).OfType<string>()];
    }

    private static string? TypeOf(ReadOnlySpan<byte> value)
    {
        var reader = new StructuredFieldReader(value);
        return reader.TryReadToken(out string type) && reader.TryRead('/') && reader.TryReadToken(out string subtype)
            ? AsciiCase.ToLower($"{type}/{subtype}")
            : null;
    }
}
