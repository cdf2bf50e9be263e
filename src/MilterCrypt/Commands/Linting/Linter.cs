using System.Runtime.CompilerServices;
using MilterCrypt.Engine.Keys;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Linting;

/// <summary>Looks at what `keys lint` is told to look at.</summary>
/// <param name="openStore">Opens the key store, once it is needed.</param>
/// <param name="own">The certificates whose secrets are here.</param>
/// <param name="now">The time for which all is judged.</param>
internal sealed class Linter(Func<Task<IKeyStore>> openStore, IReadOnlySet<Fingerprint> own, DateTimeOffset now) : IAsyncDisposable
{
    private static readonly AlgorithmPolicy Policy = AlgorithmPolicy.Default;

    private IKeyStore? store;

    /// <summary>The whole store, and the addresses that several certificates serve.</summary>
    public async IAsyncEnumerable<LintReport> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var damaged = new List<string>();
        var shared = new SharedAddresses();
        await foreach (var stored in (await StoreAsync()).ReadAllAsync(damaged.Add, cancellationToken))
        {
            if (StoredPackets.TryRead(stored) is { } certificate)
                shared.Add(stored, certificate.At(now, Policy));
            yield return Of(stored);
        }

        foreach (string damage in damaged)
            yield return Unreadable("the key store", damage);
        foreach (string line in shared.Lines())
            yield return new LintReport("addresses", "", [Shared(line)]);
    }

    /// <summary>What an argument means: a file or folder that is there, - for standard input, a fingerprint, a mail address.</summary>
    public IAsyncEnumerable<LintReport> OfAsync(string name, CancellationToken cancellationToken) =>
        name == "-" || Path.Exists(name) ? FilesAsync(name, cancellationToken) : KeysAsync(name, cancellationToken);

    /// <summary>Closes the store.</summary>
    public ValueTask DisposeAsync() => store?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async IAsyncEnumerable<LintReport> FilesAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string file in KeyFiles.Expand([path]))
        {
            var readings = Certificate.ReadAll(await KeyFiles.ReadAsync(file, cancellationToken), CertificateLimits.Default);
            foreach (var reading in readings)
            {
                yield return reading switch
                {
                    CertificateReading.Readable(var certificate) => Of(certificate),
                    CertificateReading.Rejected(var fingerprint, var reason, _) => Unreadable(fingerprint?.ToString() ?? InputReading.NameOf(file), reason),
                    _ => throw new InvalidOperationException("A third kind of reading."),
                };
            }

            if (readings.Count == 0)
                yield return Unreadable(InputReading.NameOf(file), "no OpenPGP data");
        }
    }

    private async IAsyncEnumerable<LintReport> KeysAsync(string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = await KeyNames.FindAsync(await StoreAsync(), [name], cancellationToken);
        if (!Fingerprint.TryParse(name, out _))
            yield return OfAddress(name, found);
        foreach (var stored in found)
            yield return Of(stored);
    }

    // What the filter would say to mail for an address, for it is the filter's own judgement.
    private LintReport OfAddress(string text, IReadOnlyList<StoredCertificate> found)
    {
        var address = KeyNames.Address(text);
        var finding = new KeyJudge(Policy).Judge(found, address, now).Answer switch
        {
            KeyAnswer.Usable usable => new Finding(FindingLevel.Note, "used", $"mail goes to {usable.Certificate}"),
            KeyAnswer.Unusable unusable => new Finding(FindingLevel.Error, "address-unusable", $"mail can't be encrypted: {PrintableText.Of(unusable.Reason)}"),
            _ => new Finding(FindingLevel.Error, "address-unknown", "there is no key"),
        };
        var shared = new SharedAddresses();
        foreach (var stored in found)
        {
            if (StoredPackets.TryRead(stored) is { } certificate)
                shared.Add(stored, certificate.At(now, Policy));
        }

        return new LintReport(text, "", [finding, .. shared.Lines(KeyAddress.Of(address)).Select(Shared)]);
    }

    private LintReport Of(StoredCertificate stored) => StoredPackets.TryRead(stored) is { } certificate
        ? Of(certificate)
        : Unreadable(stored.Fingerprint.ToString(), "its entry in the key store can't be read: `miltercrypt keys remove` it, and import the certificate again");

    private LintReport Of(Certificate certificate) =>
        LintReport.Of(new LintSubject(certificate, now, Policy, own.Contains(certificate.Fingerprint)));

    private static LintReport Unreadable(string subject, string reason) =>
        new(subject, "", [new Finding(FindingLevel.Error, "unreadable", PrintableText.Of(reason))]);

    private static Finding Shared(string line) => new(
        FindingLevel.Warning, "shared-address", line, "`miltercrypt keys remove` takes the one out that is wrong; `keys import --replace` has another take over");

    private async Task<IKeyStore> StoreAsync() => store ??= await openStore();
}
