using System.Text;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.Engine.OpenPgpMime;

/// <summary>Finds out, while a body streams past, whether all of it is encrypted already. When in doubt it is not: then
/// it is encrypted once more, which loses nothing, where believing a false claim would send a message in clear.</summary>
internal abstract class EncryptedBodyScanner : IDisposable
{
    /// <summary>The scanner for a message with that header, or null where nothing claims to be encrypted.</summary>
    internal static EncryptedBodyScanner? For(IReadOnlyList<HeaderField> header)
    {
        if (!IsUnencoded(header))
            return null;
        // No Content-Type is plain text (RFC 2045 §5.2); several are read differently by each reader.
        if (!header.Any(field => field.Is("Content-Type")))
            return new EncryptedTextScanner();
        var type = SoleContentType(header);
        if (type?.MediaType == "text/plain")
            return new EncryptedTextScanner();
        return type?.MediaType == "multipart/encrypted"
            && type.Parameters.TryGetValue("protocol", out string? protocol)
            && protocol.Equals("application/pgp-encrypted", StringComparison.OrdinalIgnoreCase)
            && type.Parameters.TryGetValue("boundary", out string? boundary)
            && IsBoundary(boundary)
            ? new EncryptedPartScanner(boundary)
            : null;
    }

    /// <summary>Takes the next bytes of the body, cut anywhere.</summary>
    internal abstract void Write(ReadOnlySpan<byte> body);

    /// <summary>Whether it is sure already that the body is not encrypted; while it isn't, every whole line so far is
    /// of an encrypted message.</summary>
    internal abstract bool IsRefused { get; }

    /// <summary>The body is whole: what it was.</summary>
    internal abstract EncryptedMessageScan Complete();

    /// <summary>Clears what is left of lines, which may be plaintext.</summary>
    public abstract void Dispose();

    private static ContentType? SoleContentType(IReadOnlyList<HeaderField> fields)
    {
        var types = fields.Where(field => field.Is("Content-Type")).ToList();
        return types.Count == 1 ? ContentType.Parse(types[0].Value.Span) : null;
    }

    /// <summary>Whether the bytes are the content itself (RFC 2045 §6.2): armor needs no encoding, and under a false
    /// one readers would see something else than was scanned.</summary>
    private static bool IsUnencoded(IReadOnlyList<HeaderField> fields)
    {
        var encodings = fields.Where(field => field.Is("Content-Transfer-Encoding"))
            .Select(field => Encoding.Latin1.GetString(field.Value.Span).Trim()).ToList();
        return encodings.Count == 0
            || (encodings.Count == 1 && (encodings[0].Equals("7bit", StringComparison.OrdinalIgnoreCase)
                || encodings[0].Equals("8bit", StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>RFC 2046 §5.1.1: at most 70 characters of a small set, no blank at the end.</summary>
    private static bool IsBoundary(string text) =>
        text.Length is > 0 and <= 70 && text[^1] != ' '
        && text.All(c => char.IsAsciiLetterOrDigit(c) || " '()+_,-./:=?".Contains(c, StringComparison.Ordinal));
}
