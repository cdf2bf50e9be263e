using System.Text;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.Engine.OpenPgpMime;

/// <summary>Finds out whether a multipart/encrypted body is encrypted: its two parts, no text around them that anybody could
/// read, and in the second a message that its packets show to be encrypted. Owned by its message; bounded memory.</summary>
internal sealed class EncryptedPartScanner : EncryptedBodyScanner, IEncryptedPartVisitor
{
    private static readonly string[] HarmlessPreamble =
    [
        "This is an OpenPGP/MIME encrypted message (RFC 9580 and 3156)",
        "This is an OpenPGP/MIME encrypted message (RFC 4880 and 3156)",
        "This is an OpenPGP/MIME encrypted message (RFC 2440 and 3156)",
        "This is a multi-part message in MIME format.",
    ];

    private readonly EncryptedMessageScanner data = EncryptedMessageScanner.ForArmor();
    private readonly EncryptedParts parts;
    private bool sawData;

    internal EncryptedPartScanner(string boundary) => parts = new EncryptedParts(boundary, this);

    /// <inheritdoc/>
    internal override void Write(ReadOnlySpan<byte> body) => parts.Write(body);

    /// <inheritdoc/>
    internal override bool IsRefused => parts.Problem is not null || data.IsRefused;

    /// <inheritdoc/>
    internal override EncryptedMessageScan Complete() =>
        parts.Complete() ? data.Complete() : new EncryptedMessageScan.NotEncrypted("no multipart/encrypted structure");

    /// <inheritdoc/>
    public override void Dispose()
    {
        parts.Dispose();
        data.Dispose();
    }

    /// <inheritdoc/>
    public bool TakesOutside(ReadOnlySpan<byte> line) =>
        EncryptedParts.IsBlank(line) || (!sawData && HarmlessPreamble.Contains(Encoding.Latin1.GetString(line)));

    /// <inheritdoc/>
    public bool TakesPartHeader(IReadOnlyList<HeaderField> fields, string mediaType) => EncryptedPartHeader.IsHarmless(fields, mediaType);

    /// <inheritdoc/>
    public bool TakesData(ReadOnlySpan<byte> line)
    {
        sawData = true;
        data.Write(line);
        data.Write("\r\n"u8);
        return true;
    }
}
