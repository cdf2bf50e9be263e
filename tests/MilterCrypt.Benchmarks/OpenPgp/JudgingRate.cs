using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;

namespace MilterCrypt.Benchmarks.OpenPgp;

/// <summary>How long it takes to read and judge a certificate whose signatures nobody has verified yet, beside the time of
/// the verifications themselves.</summary>
internal static class JudgingRate
{
    private const int AtOnce = 20;

    public static IReadOnlyList<Measurement> Measure(string key, byte[] certificate, int rounds)
    {
        var now = TimeProvider.System.GetUtcNow();
        var signatures = Signatures(Read(certificate)).ToList();
        var race = new Race();
        var raw = race.Enter($"certificate with {key}: its {signatures.Count} verifications alone", () =>
        {
            for (int i = 0; i < AtOnce; i++)
                signatures.ForEach(static signature => signature.VerifyAnew());
        }, AtOnce, "1/s");
        var judged = race.Enter($"certificate with {key}: read and judged", () =>
        {
            for (int i = 0; i < AtOnce; i++)
                Read(certificate).At(now, AlgorithmPolicy.Default);
        }, AtOnce, "1/s");
        race.Run(rounds, TimeSpan.FromMilliseconds(100));
        return [.. race.Rates(), new Measurement($"certificate with {key}: read and judged, beside the verifications alone", judged.Beside(raw), "×", 0.8)];
    }

    private static Certificate Read(byte[] octets) =>
        Certificate.ReadAll(octets, CertificateLimits.Default).Single() is CertificateReading.Readable(var certificate)
            ? certificate
            : throw new InvalidOperationException("gpg's key can't be read.");

    private static IEnumerable<SelfSignature> Signatures(Certificate certificate) =>
        certificate.UserIds.SelectMany(static userId => userId.SelfSignatures)
            .Concat(certificate.Subkeys.SelectMany(static subkey => subkey.Bindings.Select(static binding => binding.Signature)));
}
