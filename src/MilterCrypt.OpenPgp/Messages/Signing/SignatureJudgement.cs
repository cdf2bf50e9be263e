using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Messages.Signing;

/// <summary>Says what signatures over data are worth: that a key made them is mathematics, that it was fit to is judged at
/// the time that the signature states. Owned by one message.</summary>
/// <param name="candidates">The certificates at hand; those that a signature does not name are left alone.</param>
/// <param name="now">The time.</param>
/// <param name="policy">Which algorithms are good enough.</param>
internal sealed class SignatureJudgement(IReadOnlyList<Certificate> candidates, DateTimeOffset now, AlgorithmPolicy policy)
{
    // Keys with one key ID are a rarity, and so is a key in several certificates; more than this is an attack.
    private const int MaxKeys = 4;
    private const int MaxCertificates = 8;
    private const int MaxCopies = 4;

    // Clocks differ, and mail is quick.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private readonly Dictionary<(Certificate, DateTimeOffset), CertificateView> views = [];

    /// <summary>The verdict on a packet that can't be read as a signature.</summary>
    public static SignatureVerdict Unreadable(ReadOnlySpan<byte> packetBody, string problem) => new()
    {
        Status = packetBody is [not (4 or 6), ..] ? SignatureStatus.Unsupported : SignatureStatus.Malformed,
        Problem = problem,
    };

    /// <summary>The verdict on a signature whose surroundings refuse it already.</summary>
    public static SignatureVerdict Refused(Signature signature, SignatureStatus status, string problem) =>
        Describe(signature) with { Status = status, Problem = problem };

    /// <summary>Judges a signature.</summary>
    /// <param name="signature">The signature.</param>
    /// <param name="digest">The digest over the data, made for this signature; null where there is none to be had.</param>
    public SignatureVerdict Judge(Signature signature, byte[]? digest)
    {
        var verdict = Describe(signature);
        if (ProblemOfForm(signature) is { } malformed)
            return verdict with { Status = SignatureStatus.Malformed, Problem = malformed };
        if (policy.RefusalOfDataSignature(signature.HashAlgorithm, key: null) is { } weak)
            return verdict with { Status = IsUnknown(signature) ? SignatureStatus.Unsupported : SignatureStatus.TooWeak, Problem = weak };
        if (digest is null)
            return verdict with { Status = SignatureStatus.Unsupported, Problem = "a hash function that this system lacks or forbids" };

        var (key, status) = FindMaker(signature, digest);
        return (key, status) switch
        {
            (null, SignatureStatus.KeyMissing) => verdict with { Status = status, Problem = "the key that made it is not at hand" },
            (null, SignatureStatus.Bad) => verdict with { Status = status, Problem = "the key that it names did not make it over this data" },
            (null, _) => verdict with { Status = status, Problem = "a key that this system can't use" },
            _ => JudgeMaker(verdict with { Key = key }, signature, key),
        };
    }

    private static SignatureVerdict Describe(Signature signature) => new()
    {
        Status = SignatureStatus.Malformed,
        CreatedAt = signature.Facts.CreatedAt,
        HashAlgorithm = signature.HashAlgorithm,
        Type = signature.Type,
        Issuers = SignatureIssuers.Of([signature]),
        SignersUserId = signature.Facts.SignersUserId,
        IntendedRecipients = signature.Facts.IntendedRecipients,
    };

    private static string? ProblemOfForm(Signature signature)
    {
        if (signature.Type is not (SignatureType.Binary or SignatureType.Text))
            return $"a signature of type 0x{(int)signature.Type:X2}, which is not over data";
        if (signature.Hints.AreMalformed)
            return signature.Problem ?? "malformed unsigned subpackets";
        return signature.Problem ?? (signature.HasFittingSalt || IsUnknown(signature)
            ? null
            : $"a salt of {signature.Salt.Length} octets, which its hash function does not have");
    }

    private static bool IsUnknown(Signature signature) => signature.HashAlgorithm.Native() is null;

    private static IEnumerable<PublicKey> KeysOf(Certificate certificate) =>
        certificate.Subkeys.Select(static subkey => subkey.Key).Prepend(certificate.PrimaryKey);

    /// <summary>The key that made it; where there is none, what is to be said.</summary>
    private (PublicKey? Key, SignatureStatus Status) FindMaker(Signature signature, byte[] digest)
    {
        // Those that can't have made it come last, so that they take nobody's place.
        var keys = candidates.SelectMany(KeysOf).Where(signature.Hints.MayBe).DistinctBy(static key => key.Fingerprint)
            .OrderByDescending(key => key.Version == signature.Version && key.Algorithm == signature.KeyAlgorithm)
            .Take(MaxKeys);
        var status = SignatureStatus.KeyMissing;
        foreach (var key in keys)
        {
            switch (SignatureVerifier.Verify(signature, key, digest))
            {
                case SignatureCheck.Good:
                    return (key, SignatureStatus.Good);
                case SignatureCheck.NotSupported:
                    status = SignatureStatus.Unsupported;
                    break;

                // Who names nobody may still be somebody whose key is not here.
                case SignatureCheck.Bad when status == SignatureStatus.KeyMissing && signature.Hints.NamesAnybody:
                    status = SignatureStatus.Bad;
                    break;
            }
        }

        return (null, status);
    }

    private SignatureVerdict JudgeMaker(SignatureVerdict verdict, Signature signature, PublicKey key)
    {
        var createdAt = signature.Facts.CreatedAt!.Value;
        var owner = FindOwner(key, createdAt);
        verdict = verdict with { Certificate = owner.View.Certificate, View = owner.View };
        if (policy.RefusalOfDataSignature(signature.HashAlgorithm, key) is { } weak)
            return verdict with { Status = SignatureStatus.TooWeak, Problem = weak };
        if (owner.Problem is { } unfit)
            return verdict with { Status = SignatureStatus.KeyUnfit, Problem = unfit };
        if (createdAt - now > ClockTolerance)
            return verdict with { Status = SignatureStatus.Expired, Problem = $"made in the future ({SignatureJudge.Day(createdAt)})" };
        if (signature.Facts.ExpiresAt is { } end && end <= now)
            return verdict with { Status = SignatureStatus.Expired, Problem = $"signature expired {SignatureJudge.Day(end)}" };
        return verdict with { Status = SignatureStatus.Good };
    }

    /// <summary>The certificate that a key is fit in; where it is in none, the first that has it. Anybody can put another's
    /// subkey into a certificate of his own, where it lacks its back signature.</summary>
    private (CertificateView View, string? Problem) FindOwner(PublicKey key, DateTimeOffset createdAt)
    {
        (CertificateView View, string? Problem)? first = null;
        var owners = candidates.Where(certificate => KeysOf(certificate).Any(own => own.Fingerprint.Equals(key.Fingerprint)))
            .GroupBy(static certificate => certificate.Fingerprint);
        foreach (var copies in owners.Take(MaxCertificates))
        {
            var certificate = Joined([.. copies.Take(MaxCopies)]);
            var view = ViewOf(certificate, createdAt);
            var judged = (view, ProblemOfKey(view, key, createdAt));
            if (judged.Item2 is null)
                return judged;
            first ??= judged;
        }

        return first!.Value;
    }

    // One copy may know of a revocation that another, older one doesn't. Where they can't be joined there is too much of one of
    // them, and the first is the caller's own.
    private static Certificate Joined(IReadOnlyList<Certificate> copies) => copies.Aggregate(static (first, second) =>
        ReferenceEquals(first, second) || first.MergedWith(second, CertificateLimits.Default) is not CertificateReading.Readable(var joined)
            ? first
            : joined);

    private static string? ProblemOfKey(CertificateView view, PublicKey key, DateTimeOffset createdAt)
    {
        if (key.CreatedAt > createdAt)
            return "signature older than the key";
        var judged = view.Subkeys.Prepend(view.PrimaryKey).First(candidate => candidate.Key.Fingerprint.Equals(key.Fingerprint));
        return view.Problem ?? judged.Problem ?? (judged.IsForSigning ? null : "a key that is not meant to sign");
    }

    private CertificateView ViewOf(Certificate certificate, DateTimeOffset time)
    {
        if (!views.TryGetValue((certificate, time), out var view))
            views.Add((certificate, time), view = certificate.At(time, policy));
        return view;
    }
}
