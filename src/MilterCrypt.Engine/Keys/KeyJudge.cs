using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;

namespace MilterCrypt.Engine.Keys;

/// <summary>Chooses among the certificates that name an address: of those that can be used, the one whose primary key
/// is newest, since people who make a new key mean it.</summary>
/// <param name="policy">Which algorithms are good enough.</param>
public sealed class KeyJudge(AlgorithmPolicy policy)
{
    /// <summary>What is to be answered for an address at a time, and for how long that holds.</summary>
    /// <exception cref="KeyStoreException">A stored certificate can't be read.</exception>
    public DatedAnswer Judge(IReadOnlyList<StoredCertificate> candidates, MailAddress address, DateTimeOffset at)
    {
        KeyAnswer answer = KeyAnswer.Unknown;
        var newest = DateTimeOffset.MinValue;
        var until = DateTimeOffset.MaxValue;
        foreach (var candidate in candidates)
        {
            var view = StoredPackets.Read(candidate).At(at, policy);
            if (view.ChangesAt is { } change && change < until)
                until = change;

            KeyAnswer here = view.ForEncryption(address.ToString(), IsThatAddress) switch
            {
                EncryptionVerdict.Usable usable => new KeyAnswer.Usable(candidate.Fingerprint, usable.Recipients),
                EncryptionVerdict.Unusable unusable => new KeyAnswer.Unusable(unusable.Reason),
                var unknown => throw new InvalidOperationException($"No answer for {unknown}."),
            };
            if (IsBetter(here, view.PrimaryKey.Key.CreatedAt, answer, newest))
                (answer, newest) = (here, view.PrimaryKey.Key.CreatedAt);
        }
        return new DatedAnswer(answer, at, until);

        bool IsThatAddress(string text) => MailAddress.TryParse(text, out var named) && named.Equals(address);
    }

    private static bool IsBetter(KeyAnswer one, DateTimeOffset made, KeyAnswer best, DateTimeOffset bestMade)
    {
        if (one is KeyAnswer.Usable != best is KeyAnswer.Usable)
            return one is KeyAnswer.Usable;
        return best is KeyAnswer.NoCertificate || made > bestMade;
    }
}
