using MilterCrypt.Engine.Keys;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Deciding;

/// <summary>The keys that one message is encrypted to, bounded, since each costs time and room in every copy of the
/// message. Owned by its message.</summary>
internal sealed class MessageKeys
{
    /// <summary>Most certificates have one encryption key: about as many recipients. Some tenths of a second's work, and up
    /// to 1.5 MiB of armor.</summary>
    internal const int Max = 2000;

    private readonly List<KeyAnswer.Usable> answers = [];
    private readonly HashSet<Fingerprint> certificates = [];
    private int count;

    /// <summary>The certificates, each once, in the order of the recipients who need them.</summary>
    internal IReadOnlyList<Fingerprint> Certificates => [.. answers.Select(answer => answer.Certificate)];

    /// <summary>The keys of each certificate.</summary>
    internal IEnumerable<IReadOnlyList<EncryptionRecipient>> ByCertificate => answers.Select(answer => answer.Recipients);

    /// <summary>All keys.</summary>
    internal IReadOnlyList<EncryptionRecipient> All => [.. ByCertificate.SelectMany(keys => keys)];

    /// <summary>Whether the message can be encrypted to one more recipient; a certificate that it has already costs
    /// nothing.</summary>
    internal bool HasRoomFor(IEnumerable<KeyAnswer.Usable> recipients) =>
        count + recipients.Where(recipient => !certificates.Contains(recipient.Certificate)).Sum(recipient => recipient.Recipients.Count) <= Max;

    /// <param name="recipient">Whose keys.</param>
    /// <param name="isAnonymous">Whether the message doesn't name them (RFC 9580 §5.1.8).</param>
    internal void Add(KeyAnswer.Usable recipient, bool isAnonymous = false)
    {
        if (!certificates.Add(recipient.Certificate))
            return;
        answers.Add(isAnonymous ? recipient with { Recipients = [.. recipient.Recipients.Select(key => key with { IsAnonymous = true })] } : recipient);
        count += recipient.Recipients.Count;
    }
}
