using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.Engine.OpenPgpMime;

/// <summary>Follows a plain text that is one armored message from end to end ("inline PGP"); a word before or behind it
/// makes it an ordinary message.</summary>
internal sealed class EncryptedTextScanner : EncryptedBodyScanner
{
    private readonly EncryptedMessageScanner data = EncryptedMessageScanner.ForArmor();

    /// <inheritdoc/>
    internal override void Write(ReadOnlySpan<byte> body) => data.Write(body);

    /// <inheritdoc/>
    internal override bool IsRefused => data.IsRefused;

    /// <inheritdoc/>
    internal override EncryptedMessageScan Complete() => data.Complete();

    /// <inheritdoc/>
    public override void Dispose() => data.Dispose();
}
