namespace MilterCrypt.Engine.Mail;

/// <summary>Kinds of content about which the program decides differently.</summary>
public static class ContentKinds
{
    /// <summary>Whether the message is a piece of another (RFC 2046 §5.2.2). What it says cannot be known before the recipient's
    /// mail program has all pieces, and if it were encrypted that program could not put them together. Where there are several
    /// Content-Type fields readers differ about which counts, so each does; what stands behind the type is not looked at, since
    /// no fault there keeps a reader from joining the pieces.</summary>
    public static bool IsPartial(IReadOnlyList<HeaderField> header) =>
        header.Any(static field => field.Is("Content-Type") && IsPartial(field.Value.Span));

    private static bool IsPartial(ReadOnlySpan<byte> value)
    {
        var reader = new StructuredFieldReader(value);
        return reader.TryReadToken(out string type) && AsciiCase.Equals(type, "message")
            && reader.TryRead('/')
            && reader.TryReadToken(out string subtype) && AsciiCase.Equals(subtype, "partial");
    }
}
