using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>Judges a certificate at a time, under a policy. Owned by one judgement.</summary>
internal sealed class CertificateJudge(Certificate certificate, DateTimeOffset time, AlgorithmPolicy policy)
{
    private readonly SignatureJudge signatures = new(time, policy);
    private readonly RevocationJudge revocations = new(time);

    /// <summary>The judgement.</summary>
    public CertificateView Judge()
    {
        var primary = certificate.PrimaryKey;

        // What a key that must not sign says about itself is not worth the checking.
        string? problem = ProblemOfKey(primary) ?? policy.RefusalToSign(primary);
        if (problem is not null)
            return View(problem, isRevoked: false, new KeyStatements([]), [.. certificate.UserIds.Select(userId => new UserIdView(userId.UserId, problem))], null);

        var direct = signatures.Newest(certificate.DirectSignatures, primary, out string? directRefusal);
        if (direct is not null && revocations.RefusalOfSelfSignature(certificate.DirectRevocations, direct) is { } revoked)
            (direct, directRefusal) = (null, revoked);
        var userIds = certificate.UserIds.Select(JudgeUserId).ToList();
        var preferred = Preferred(userIds);

        // RFC 9580 §5.2.3.10: a version 6 key speaks of itself in direct-key signatures alone; version 4 keys mostly
        // do so with their primary user ID.
        var statements = new KeyStatements(primary.Version == 6 || preferred.Signature is null
            ? direct is null ? [] : [direct]
            : direct is null ? [preferred.Signature] : [preferred.Signature, direct]);

        problem = revocations.RefusalOfKey(certificate.Revocations, certificate.OthersRevocations);
        bool isRevoked = problem is not null;
        if (problem is null && statements.IsEmpty)
            problem = primary.Version == 6 || userIds.Count == 0 ? directRefusal : userIds[0].View.Problem;
        return View(problem, isRevoked, statements, [.. userIds.Select(static userId => userId.View)], preferred.View);
    }

    private CertificateView View(
        string? problem, bool isRevoked, KeyStatements statements, IReadOnlyList<UserIdView> userIds, UserIdView? preferred)
    {
        var primary = certificate.PrimaryKey;
        var expiresAt = End(primary, statements.KeyExpiresAfter);
        problem ??= ProblemOfExpiry(expiresAt);
        var subkeys = certificate.Subkeys.OrderByDescending(static subkey => subkey.Key.CreatedAt)
            .Select(subkey => problem is null
                ? JudgeSubkey(subkey)
                : new KeyView(subkey.Key, KeyUsage.None, IsUsageStated: false, ExpiresAt: null, problem));
        return new CertificateView
        {
            Certificate = certificate,
            Time = time,
            Problem = problem,
            PrimaryKey = new KeyView(
                primary, statements.Usage ?? KeyUsageGuess.OfPrimary(primary), statements.Usage is not null, expiresAt, problem)
            {
                IsRevoked = isRevoked,
                Statements = statements.Signatures,
            },
            Subkeys = [.. subkeys],
            UserIds = userIds,
            PrimaryUserId = preferred,
            Capabilities = statements.Capabilities,
            ChangesAt = CertificateCalendar.NextChange(certificate, time),
        };
    }

    private (UserIdView View, SelfSignature? Signature) JudgeUserId(CertificateUserId userId)
    {
        var signature = signatures.Newest(userId.SelfSignatures, certificate.PrimaryKey, out string? problem);
        bool isRevoked = false;
        if (signature is not null)
        {
            problem = revocations.RefusalOfSelfSignature(userId.Revocations, signature);
            isRevoked = problem is not null;
        }

        signature = problem is null ? signature : null;
        return (new UserIdView(userId.UserId, problem) { IsRevoked = isRevoked, SelfSignature = signature?.Signature }, signature);
    }

    private static (UserIdView? View, SelfSignature? Signature) Preferred(
        List<(UserIdView View, SelfSignature? Signature)> userIds)
    {
        // RFC 9580 §5.2.3.27: among several that call themselves primary, the newest; and so among none.
        var best = userIds.Where(static userId => userId.Signature is not null)
            .OrderByDescending(static userId => userId.Signature!.Signature.Facts.IsPrimaryUserId)
            .ThenByDescending(static userId => userId.Signature!.CreatedAt)
            .FirstOrDefault();
        return best.Signature is null ? default : best;
    }

    private KeyView JudgeSubkey(CertificateSubkey subkey)
    {
        var key = subkey.Key;
        var newest = signatures.Newest(subkey.Bindings.Select(static binding => binding.Signature), key, out string? refusal);
        var facts = newest?.Signature.Facts;
        var usage = facts?.KeyUsage ?? KeyUsageGuess.OfSubkey(key);
        var expiresAt = End(key, facts?.KeyExpiresAfter);
        string? problem = ProblemOfKey(key), revocation = null;
        problem ??= revocation = revocations.RefusalOfKey(subkey.Revocations, subkey.OthersRevocations);
        problem ??= refusal ?? ProblemOfExpiry(expiresAt) ?? ProblemOfUsage(key, usage);
        var backSignature = problem is null && MustSayItself(usage) ? BackSignature(subkey, newest) : null;
        if (problem is null && MustSayItself(usage) && backSignature is null)
            problem = "no valid back signature of the signing subkey";
        return new KeyView(key, usage, facts?.KeyUsage is not null, expiresAt, problem)
        {
            IsRevoked = revocation is not null,
            Statements = newest is null ? [] : [newest.Signature],
            BackSignature = backSignature?.Signature,
        };
    }

    private string? ProblemOfKey(PublicKey key) => key.Material is PublicKeyMaterial.Unusable unusable
        ? unusable.Reason
        : key.CreatedAt > time ? $"created in the future ({SignatureJudge.Day(key.CreatedAt)})" : null;

    private string? ProblemOfExpiry(DateTimeOffset? end) =>
        end <= time ? $"expired {SignatureJudge.Day(end.Value)}" : null;

    private string? ProblemOfUsage(PublicKey key, KeyUsage usage)
    {
        if ((usage & (KeyUsage.EncryptCommunications | KeyUsage.EncryptStorage)) != 0)
            return policy.RefusalToEncrypt(key);
        return usage == KeyUsage.None ? "not for any use" : policy.RefusalToSign(key);
    }

    // RFC 9580 §5.2.1.9: a subkey that signs must say itself whose it is.
    private static bool MustSayItself(KeyUsage usage) => (usage & (KeyUsage.Sign | KeyUsage.Certify)) != 0;

    private SelfSignature? BackSignature(CertificateSubkey subkey, SelfSignature? binding) =>
        signatures.Newest(subkey.Bindings.First(candidate => candidate.Signature == binding).BackSignatures, subkey.Key, out _);

    private static DateTimeOffset? End(PublicKey key, uint? seconds) =>
        seconds is null or 0 ? null : key.CreatedAt.AddSeconds(seconds.Value);
}
