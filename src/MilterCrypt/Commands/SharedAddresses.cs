using MilterCrypt.Engine.Keys;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>Collects, over a whole store, the addresses for which several certificates could be used: one of them is, and
/// an administrator should know which, and that there are others.</summary>
internal sealed class SharedAddresses
{
    private const int MaxLines = 100;

    // Without their packets, which would be the whole store in memory.
    private readonly Dictionary<string, List<StoredCertificate>> served = new(StringComparer.Ordinal);

    /// <summary>Takes a certificate into account.</summary>
    public void Add(StoredCertificate stored, CertificateView view)
    {
        var slim = stored with { Certificate = default };
        foreach (string address in KeyAdmission.Serves(view))
        {
            if (served.TryGetValue(address, out var there))
                there.Add(slim);
            else
                served.Add(address, [slim]);
        }
    }

    /// <summary>A line for each such address, up to a limit.</summary>
    /// <param name="only">The one address to speak of, as <see cref="KeyAddress"/> writes it; null for all.</param>
    public IReadOnlyList<string> Lines(string? only = null)
    {
        var several = served.Where(entry => entry.Value.Count > 1 && (only is null || entry.Key == only)).ToList();
        var lines = several
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Take(MaxLines)
            .Select(entry => Line(entry.Key, [.. KeyPreference.Order(entry.Value, entry.Key).Select(certificate => certificate.Fingerprint.ToString())]))
            .ToList();
        int more = several.Count - lines.Count;
        if (more > 0)
            lines.Add($"{more} addresses more have several usable keys");
        return lines;
    }

    private static string Line(string address, string[] fingerprints) =>
        $"{PrintableText.Of(address)} has {fingerprints.Length} usable keys: {fingerprints[0]} is used, not {string.Join(", ", fingerprints.Skip(1))}";
}
