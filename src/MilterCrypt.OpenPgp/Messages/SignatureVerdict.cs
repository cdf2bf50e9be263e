using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>What became of one signature over data. What it says of itself (times, recipients, user ID) is only proven
/// where its <see cref="Certificate"/> is set; that it counts, where it <see cref="IsGood"/>.</summary>
public sealed record SignatureVerdict
{
    /// <summary>What became of it.</summary>
    public required SignatureStatus Status { get; init; }

    /// <summary>Why it is not good, in an administrator's words, such as "revoked 2024-05-06: key was compromised"; null
    /// where it is.</summary>
    public string? Problem { get; init; }

    /// <summary>Whose key made it, where that is proven; the key itself may have been unfit.</summary>
    public Certificate? Certificate { get; init; }

    /// <summary>The primary key or subkey that made it, where that is proven.</summary>
    public PublicKey? Key { get; init; }

    /// <summary>When it says it was made.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Its hash function; null where it can't be read.</summary>
    public HashAlgorithm? HashAlgorithm { get; init; }

    /// <summary>Over binary data or text; null where it can't be read.</summary>
    public SignatureType? Type { get; init; }

    /// <summary>Whom it names as its makers.</summary>
    public SignatureIssuers Issuers { get; init; } = SignatureIssuers.None;

    /// <summary>Which user ID of his the signer speaks as (RFC 9580 §5.2.3.30), or null where he does not say.</summary>
    public UserId? SignersUserId { get; init; }

    /// <summary>The certificates that he encrypted the message to (RFC 9580 §5.2.3.36), or none where he does not say.</summary>
    public IReadOnlyList<Fingerprint> IntendedRecipients { get; init; } = [];

    /// <summary>Whether it proves that its certificate's owner signed the data.</summary>
    public bool IsGood => Status == SignatureStatus.Good;

    /// <summary>The certificate as it was when the signature was made.</summary>
    internal CertificateView? View { get; init; }

    /// <summary>Whether who signed is the owner of an address: the signature is good, and a user ID that was valid when it
    /// was made has that address.</summary>
    /// <param name="addressMatches">Whether a user ID's address is that address. What is the same address is the caller's
    /// to say: OpenPGP knows nothing of mail domains.</param>
    public bool MatchesAddress(Func<string, bool> addressMatches) => IsGood && View is not null && View.UserIds.Any(
        userId => userId is { Problem: null, UserId.Address: { } address } && addressMatches(address));

    /// <summary>Whether the signed message was meant for a certificate: the signer named it, or nobody. A message that was
    /// decrypted with another one's key was passed on by somebody who wants to look like the signer.</summary>
    /// <param name="recipient">The fingerprint of the primary key.</param>
    public bool IsIntendedFor(Fingerprint recipient) => IntendedRecipients.Count == 0 || IntendedRecipients.Contains(recipient);

    /// <summary>What it is worth to who decrypted the message: a good signature that was meant for others is not good any
    /// more. (<see cref="MessageReader"/> has done so already where it was told for whom it reads.)</summary>
    /// <param name="reader">The fingerprint of the primary key.</param>
    public SignatureVerdict For(Fingerprint reader) => !IsGood || IsIntendedFor(reader)
        ? this
        : this with { Status = SignatureStatus.NotIntended, Problem = "made for other recipients, and passed on by somebody" };
}
