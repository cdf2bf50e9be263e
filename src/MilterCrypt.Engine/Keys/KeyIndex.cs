using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Keys;

/// <summary>One state of all keys; never changes but for the answers that it remembers. A new state is made from the
/// last one and the changes, and replaces it whole.</summary>
internal sealed class KeyIndex
{
    /// <summary>Remembered answers, at most twice as many: with their keys about 1 KB each.</summary>
    private const int AnswersPerGeneration = 1000;

    private readonly Dictionary<Fingerprint, StoredCertificate> certificates;
    private readonly Dictionary<string, StoredCertificate[]> byAddress;
    private readonly GenerationCache<string, DatedAnswer> answers = new(AnswersPerGeneration, StringComparer.Ordinal);

    private KeyIndex(Dictionary<Fingerprint, StoredCertificate> certificates, Dictionary<string, StoredCertificate[]> byAddress)
    {
        this.certificates = certificates;
        this.byAddress = byAddress;
    }

    /// <summary>The state before anything is known.</summary>
    public static KeyIndex Empty { get; } = new([], []);

    /// <summary>How many certificates there are.</summary>
    public int Count => certificates.Count;

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<StoredCertificate> Certificates => certificates.Values;

    /// <summary>The state after these changes.</summary>
    public KeyIndex With(IReadOnlyList<KeyChange> changes)
    {
        var allCertificates = new Dictionary<Fingerprint, StoredCertificate>(certificates);
        var allAddresses = new Dictionary<string, StoredCertificate[]>(byAddress, StringComparer.Ordinal);
        // Lists while it is worked on: a thousand certificates of one address must not be copied a thousand times.
        var touched = new Dictionary<string, Dictionary<Fingerprint, StoredCertificate>>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            if (allCertificates.Remove(change.Fingerprint, out var old))
            {
                foreach (string address in old.Addresses)
                    Touch(address).Remove(change.Fingerprint);
            }
            if (change.Certificate is { } certificate)
            {
                allCertificates.Add(change.Fingerprint, certificate);
                foreach (string address in certificate.Addresses)
                    Touch(address)[change.Fingerprint] = certificate;
            }
        }
        foreach (var (address, filed) in touched)
        {
            if (filed.Count == 0)
                allAddresses.Remove(address);
            else
                allAddresses[address] = [.. filed.Values];
        }
        return new KeyIndex(allCertificates, allAddresses);

        Dictionary<Fingerprint, StoredCertificate> Touch(string address)
        {
            if (!touched.TryGetValue(address, out var filed))
            {
                filed = byAddress.GetValueOrDefault(address, []).ToDictionary(certificate => certificate.Fingerprint);
                touched.Add(address, filed);
            }
            return filed;
        }
    }

    /// <summary>The answer for an address, judged anew where none is remembered that still holds.</summary>
    public KeyAnswer Find(MailAddress address, DateTimeOffset at, KeyJudge judge)
    {
        string key = KeyAddress.Of(address);
        if (!byAddress.TryGetValue(key, out var candidates))
            return KeyAnswer.Unknown;
        if (answers.TryGet(key, out var known) && known.HoldsAt(at))
            return known.Answer;

        known = judge.Judge(candidates, address, at);
        answers.Put(key, known);
        return known.Answer;
    }

    /// <summary>The certificate whose an address is, judged each time.</summary>
    public CertificateView? CertificateOf(MailAddress address, DateTimeOffset at, KeyJudge judge) =>
        byAddress.TryGetValue(KeyAddress.Of(address), out var candidates) ? judge.CertificateOf(candidates, address, at) : null;

    /// <summary>The certificates in whose octets the number stands by which a key has its secret, whatever else they say of it, such as
    /// another date: the store has each packet in one piece.</summary>
    public IReadOnlyList<Fingerprint> CertificatesWith(PublicKey key) =>
    [
        .. from certificate in certificates.Values
           where certificate.Certificate.Span.IndexOf(key.SecretsNumber.Span) >= 0
           select certificate.Fingerprint,
    ];
}
