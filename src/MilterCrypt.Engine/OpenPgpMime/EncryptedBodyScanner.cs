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
        if (!PgpMimeType.IsUnencoded(header))
            return null;
        // No Content-Type is plain text (RFC 2045 §5.2); several are read differently by each reader.
        if (!header.Any(field => field.Is("Content-Type")))
            return new EncryptedTextScanner();
        return PgpMimeType.Sole(header) switch
        {
            { MediaType: "text/plain" } => new EncryptedTextScanner(),
            { } type when PgpMimeType.IsEncrypted(type) && PgpMimeType.BoundaryOf(type) is { } boundary => new EncryptedPartScanner(boundary),
            _ => null,
        };
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
}
