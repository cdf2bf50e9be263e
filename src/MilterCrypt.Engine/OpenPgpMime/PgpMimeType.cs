using System.Text;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.OpenPgpMime;

/// <summary>What header fields say of the form of what they are the header of.</summary>
internal static class PgpMimeType
{
    /// <summary>The one Content-Type; null where there is none, more than one, or one that can't be read.</summary>
    internal static ContentType? Sole(IReadOnlyList<HeaderField> fields)
    {
        var types = fields.Where(field => field.Is("Content-Type")).ToList();
        return types.Count == 1 ? ContentType.Parse(types[0].Value.Span) : null;
    }

    /// <summary>Whether it is that of an encrypted message (RFC 3156 §4).</summary>
    internal static bool IsEncrypted(ContentType type) => type.MediaType == "multipart/encrypted"
        && type.Parameters.TryGetValue("protocol", out string? protocol)
        && protocol.Equals("application/pgp-encrypted", StringComparison.OrdinalIgnoreCase);

    /// <summary>What divides the parts; null where that is none (RFC 2046 §5.1.1: at most 70 characters of a small set, no blank
    /// at the end).</summary>
    internal static string? BoundaryOf(ContentType type) =>
        type.Parameters.TryGetValue("boundary", out string? boundary)
        && boundary.Length is > 0 and <= 70 && boundary[^1] != ' '
        && boundary.All(c => char.IsAsciiLetterOrDigit(c) || " '()+_,-./:=?".Contains(c, StringComparison.Ordinal))
            ? boundary
            : null;

    /// <summary>Whether the bytes are the content itself (RFC 2045 §6.2): armor needs no encoding, and under a false one readers
    /// would see something else than is looked at here.</summary>
    internal static bool IsUnencoded(IReadOnlyList<HeaderField> fields)
    {
        var encodings = fields.Where(field => field.Is("Content-Transfer-Encoding"))
            .Select(field => Encoding.Latin1.GetString(field.Value.Span).Trim()).ToList();
        return encodings.Count == 0
            || (encodings.Count == 1 && (encodings[0].Equals("7bit", StringComparison.OrdinalIgnoreCase)
                || encodings[0].Equals("8bit", StringComparison.OrdinalIgnoreCase)));
    }
}
