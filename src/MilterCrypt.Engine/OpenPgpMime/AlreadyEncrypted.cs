using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.Engine.OpenPgpMime;

/// <summary>Whether a message that is encrypted is so for everybody who shall read it.</summary>
internal static class AlreadyEncrypted
{
    /// <param name="recipients">The keys of each certificate that recipients need: one of them is enough.</param>
    /// <param name="scan">What the message's packets say.</param>
    internal static bool IsFor(IEnumerable<IReadOnlyList<EncryptionRecipient>> recipients, EncryptedMessageScan scan)
    {
        if (scan is not EncryptedMessageScan.Encrypted encrypted)
            return false;
        // An anonymous recipient (RFC 9580 §5.1.8) may be any one of ours, and is only one of them.
        int notNamed = recipients.Count(keys => !keys.Any(recipient => encrypted.Recipients.Name(recipient.Key.Fingerprint)));
        return notNamed <= encrypted.Recipients.WildcardCount;
    }
}
