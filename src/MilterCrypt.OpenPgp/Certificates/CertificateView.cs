using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>A certificate, judged at a time: what is valid, and what may be used. The same until
/// <see cref="ChangesAt"/>, so it may be kept till then.</summary>
public sealed record CertificateView
{
    /// <summary>To how many keys of one certificate a message is encrypted at most.</summary>
    public const int MaxRecipients = 8;

    /// <summary>What was judged.</summary>
    public required Certificate Certificate { get; init; }

    /// <summary>The time for which it was judged.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Why nothing of the certificate may be used, such as "revoked 2024-05-06: key was compromised", or null.</summary>
    public required string? Problem { get; init; }

    /// <summary>The primary key.</summary>
    public required KeyView PrimaryKey { get; init; }

    /// <summary>All subkeys, newest first.</summary>
    public required IReadOnlyList<KeyView> Subkeys { get; init; }

    /// <summary>All user IDs; those that count have no problem.</summary>
    public required IReadOnlyList<UserIdView> UserIds { get; init; }

    /// <summary>The user ID that the owner prefers, among those that count; null where none does.</summary>
    public required UserIdView? PrimaryUserId { get; init; }

    /// <summary>What the owner's software can read.</summary>
    public required RecipientCapabilities Capabilities { get; init; }

    /// <summary>The next time at which another judgement may come out, or null for never.</summary>
    public required DateTimeOffset? ChangesAt { get; init; }

    /// <summary>When the certificate ends, or null for never.</summary>
    public DateTimeOffset? ExpiresAt => PrimaryKey.ExpiresAt;

    /// <summary>Whether something may be encrypted to the certificate, whoever its owner is.</summary>
    public EncryptionVerdict ForEncryption() => Problem is not null ? new EncryptionVerdict.Unusable(Problem) : SelectKeys();

    /// <summary>Whether something for an address may be encrypted to the certificate.</summary>
    /// <param name="address">The address, for the words of a refusal.</param>
    /// <param name="addressMatches">Whether a user ID's address is that address. What is the same address is the
    /// caller's to say: OpenPGP knows nothing of mail domains.</param>
    public EncryptionVerdict ForEncryption(string address, Func<string, bool> addressMatches)
    {
        if (Problem is not null)
            return new EncryptionVerdict.Unusable(Problem);

        UserIdView? refused = null;
        foreach (var userId in UserIds)
        {
            if (userId.UserId.Address is not { } candidate || !addressMatches(candidate))
                continue;
            if (userId.Problem is null)
                return SelectKeys();
            refused ??= userId;
        }

        return new EncryptionVerdict.Unusable(
            refused is null ? $"no user ID {address}" : $"user ID {address}: {refused.Problem}");
    }

    /// <summary>The keys that may sign data now, the preferred first: subkeys, newest first, before the primary key.</summary>
    /// <param name="policy">What algorithms are good enough.</param>
    public IEnumerable<PublicKey> KeysToSignWith(AlgorithmPolicy policy) =>
        SigningCandidates.Where(key => Problem is null && RefusalToSign(key, policy) is null).Select(static key => key.Key);

    /// <summary>The keys that are meant to sign data, in the order in which they are tried.</summary>
    internal IEnumerable<KeyView> SigningCandidates => Subkeys.Append(PrimaryKey).Where(static key => key.IsForSigning);

    /// <summary>Why a key may not sign, or null.</summary>
    internal static string? RefusalToSign(KeyView key, AlgorithmPolicy policy) => key.Problem ?? policy.RefusalToSign(key.Key);

    private EncryptionVerdict SelectKeys()
    {
        var usable = new List<EncryptionRecipient>();
        string? refusal = null;
        foreach (var subkey in Subkeys.Where(static subkey => subkey.IsForEncryption))
            Select(subkey);

        // A primary key whose owner said nothing of encryption is only used where there is nothing else.
        if (PrimaryKey.IsForEncryption && (PrimaryKey.IsUsageStated || usable.Count == 0))
            Select(PrimaryKey);

        return usable.Count > 0
            ? new EncryptionVerdict.Usable(usable)
            : new EncryptionVerdict.Unusable(refusal ?? "only for signing");

        void Select(KeyView view)
        {
            string? problem = view.Problem ?? (view.Key.GetNativeKey() is null ? "a key that this system can't use" : null);
            if (problem is not null)
                refusal ??= problem;
            else if (usable.Count < MaxRecipients)
                usable.Add(new EncryptionRecipient(view.Key, Capabilities) { Certificate = Certificate.Fingerprint });
        }
    }
}
