using System.Globalization;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;

namespace MilterCrypt.Engine.Keys;

/// <summary>Chooses among the certificates that name an address: the first in the order of <see cref="KeyPreference"/>
/// that can be used. Any thread may ask.</summary>
/// <param name="policy">Which algorithms are good enough.</param>
public sealed class KeyJudge(AlgorithmPolicy policy)
{
    /// <summary>How many certificates are looked at for one address: each costs signatures to verify, and whoever can
    /// have keys imported chooses how many name somebody's address.</summary>
    public const int MaxCandidates = 16;

    // What is larger is hardly in honest use; at about ten times its size in memory, it is parsed when it is needed.
    private const int MaxKeptBytes = 32 * 1024, KeptPerGeneration = 500;

    private readonly GenerationCache<StoredCertificate, Certificate> parsed = new(KeptPerGeneration, ReferenceEqualityComparer.Instance);

    /// <summary>What is to be answered for an address at a time, and for how long that holds.</summary>
    /// <param name="candidates">The certificates that name the address, in any order.</param>
    /// <param name="address">The address.</param>
    /// <param name="at">The time.</param>
    public DatedAnswer Judge(IReadOnlyCollection<StoredCertificate> candidates, MailAddress address, DateTimeOffset at)
    {
        var ordered = Ordered(candidates, address);
        var until = DateTimeOffset.MaxValue;
        string reason = "";
        long lastArrival = long.MinValue;
        foreach (var candidate in ordered)
        {
            var verdict = Judge(candidate, address, at, ref until);
            // Those that come after it can't change the answer.
            if (verdict is EncryptionVerdict.Usable usable)
                return new DatedAnswer(new KeyAnswer.Usable(candidate.Fingerprint, usable.Recipients) { Trust = candidate.TrustFor(KeyAddress.Of(address)) }, at, until);
            if (verdict is EncryptionVerdict.Unusable unusable && candidate.Arrival >= lastArrival)
                (reason, lastArrival) = (unusable.Reason, candidate.Arrival);
        }
        if (candidates.Count > MaxCandidates)
            reason = string.Create(CultureInfo.InvariantCulture, $"{candidates.Count} certificates name the address, and none of the {MaxCandidates} that come first can be used: {reason}");
        return new DatedAnswer(ordered.Count == 0 ? KeyAnswer.Unknown : new KeyAnswer.Unusable(reason), at, until);
    }

    /// <summary>The certificate whose an address is: of those that name it with a user ID that counts the first that can be used for
    /// anything, else the first. Never a second one: who had the address before may be somebody else.</summary>
    public CertificateView? CertificateOf(IReadOnlyCollection<StoredCertificate> candidates, MailAddress address, DateTimeOffset at)
    {
        CertificateView? first = null;
        foreach (var candidate in Ordered(candidates, address))
        {
            if (Parse(candidate)?.At(at, policy) is not { } view
                || !view.UserIds.Any(userId => userId.Problem is null && address.Is(userId.UserId.Address)))
                continue;
            if (view.Problem is null)
                return view;
            first ??= view;
        }
        return first;
    }

    private static List<StoredCertificate> Ordered(IReadOnlyCollection<StoredCertificate> candidates, MailAddress address) =>
        [.. KeyPreference.Order(candidates, KeyAddress.Of(address)).Take(MaxCandidates)];

    private EncryptionVerdict Judge(StoredCertificate candidate, MailAddress address, DateTimeOffset at, ref DateTimeOffset until)
    {
        // One that is damaged must not keep the others from being used.
        if (Parse(candidate) is not { } certificate)
            return new EncryptionVerdict.Unusable("its entry in the key store can't be read");
        var view = certificate.At(at, policy);
        if (view.ChangesAt is { } change && change < until)
            until = change;
        return view.ForEncryption(address.ToString(), address.Is);
    }

    private Certificate? Parse(StoredCertificate candidate)
    {
        if (parsed.TryGet(candidate, out var certificate))
            return certificate;
        certificate = StoredPackets.TryRead(candidate);
        if (certificate is not null && candidate.Certificate.Length <= MaxKeptBytes)
            parsed.Put(candidate, certificate);
        return certificate;
    }
}
