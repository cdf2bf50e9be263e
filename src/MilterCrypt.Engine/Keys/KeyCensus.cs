using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;

namespace MilterCrypt.Engine.Keys;

/// <summary>How many of a directory's certificates can be encrypted to, whatever for. Each is judged once, and again when
/// that judgement ends; a few at a time, since one costs signatures to verify. Owned by one caller.</summary>
/// <param name="directory">Whose certificates.</param>
/// <param name="policy">Which algorithms are good enough.</param>
public sealed class KeyCensus(KeyDirectory directory, AlgorithmPolicy policy)
{
    private const int Unknown = -1;

    private Dictionary<StoredCertificate, Judgement> judged = new(ReferenceEqualityComparer.Instance);
    private IReadOnlyCollection<StoredCertificate>? counted;
    private DateTimeOffset since;
    private DateTimeOffset until;
    private int usable = Unknown;

    /// <summary>Whose certificates are counted.</summary>
    public KeyDirectory Directory => directory;

    /// <summary>The number when all had been judged last, or null before the first time. Any thread may ask.</summary>
    public int? Usable => Volatile.Read(ref usable) is >= 0 and var known ? known : null;

    /// <summary>Judges what came, changed or has expired since the last call.</summary>
    /// <param name="at">The time.</param>
    /// <param name="most">How many certificates at the most.</param>
    /// <param name="cancellationToken">Stops between two.</param>
    public async Task AdvanceAsync(DateTimeOffset at, int most, CancellationToken cancellationToken)
    {
        var all = directory.Certificates;
        if (ReferenceEquals(all, counted) && at >= since && at < until)
            return;

        var next = new Dictionary<StoredCertificate, Judgement>(all.Count, ReferenceEqualityComparer.Instance);
        foreach (var certificate in all)
        {
            if (judged.TryGetValue(certificate, out var known) && at >= known.From && at < known.Until)
            {
                next.Add(certificate, known);
            }
            else if (most-- > 0)
            {
                next.Add(certificate, Judge(certificate, at));
                // Mail in between.
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        judged = next;
        if (next.Count < all.Count)
            return;
        counted = all;
        since = next.Values.Select(judgement => judgement.From).DefaultIfEmpty(DateTimeOffset.MinValue).Max();
        until = next.Values.Select(judgement => judgement.Until).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
        Volatile.Write(ref usable, next.Values.Count(judgement => judgement.IsUsable));
    }

    private Judgement Judge(StoredCertificate stored, DateTimeOffset at)
    {
        if (StoredPackets.TryRead(stored) is not { } certificate)
            return new Judgement(false, at, DateTimeOffset.MaxValue);
        var view = certificate.At(at, policy);
        return new Judgement(view.ForEncryption() is EncryptionVerdict.Usable, at, view.ChangesAt ?? DateTimeOffset.MaxValue);
    }

    private readonly record struct Judgement(bool IsUsable, DateTimeOffset From, DateTimeOffset Until);
}
