using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Benchmarks.OpenPgp;

/// <summary>How long it takes to read and judge a certificate whose signatures nobody has verified yet, beside the time of
/// the verifications themselves: by a key that libcrypto sees for the first time, as here, and by one that it knows.</summary>
internal static class JudgingRate
{
    private const int AtOnce = 20;

    public static IReadOnlyList<Measurement> Measure(string key, byte[] certificate, int rounds)
    {
        var now = TimeProvider.System.GetUtcNow();
        var kept = Read(certificate);
        var signatures = Signatures(kept).ToList();
        byte[] primary = kept.PrimaryKey.Body.ToArray();
        void Verify(PublicKey by) => signatures.ForEach(signature => signature.VerifyAnew(by));

        var race = new Race();
        var known = race.Enter($"certificate with {key}: its {signatures.Count} verifications alone, by a known key", () =>
        {
            for (int i = 0; i < AtOnce; i++)
                Verify(kept.PrimaryKey);
        }, AtOnce, "1/s");
        var raw = race.Enter($"certificate with {key}: its {signatures.Count} verifications alone, by a new key", () =>
        {
            for (int i = 0; i < AtOnce; i++)
                Verify(PublicKey.TryRead(primary, isSubkey: false, out var fresh, out string? reason) ? fresh : throw new InvalidOperationException(reason));
        }, AtOnce, "1/s");
        var judged = race.Enter($"certificate with {key}: read and judged", () =>
        {
            for (int i = 0; i < AtOnce; i++)
                Read(certificate).At(now, AlgorithmPolicy.Default);
        }, AtOnce, "1/s");
        race.Run(rounds, TimeSpan.FromMilliseconds(100));
        return
        [
            .. race.Rates(),
            new Measurement($"certificate with {key}: read and judged, beside the verifications by a new key", judged.Beside(raw), "×", 0.8),
            new Measurement($"certificate with {key}: read and judged, beside the verifications by a known key", judged.Beside(known), "×"),
        ];
    }

    private static Certificate Read(byte[] octets) =>
        Certificate.ReadAll(octets, CertificateLimits.Default).Single() is CertificateReading.Readable(var certificate)
            ? certificate
            : throw new InvalidOperationException("gpg's key can't be read.");

    private static IEnumerable<SelfSignature> Signatures(Certificate certificate) =>
        certificate.UserIds.SelectMany(static userId => userId.SelfSignatures)
            .Concat(certificate.Subkeys.SelectMany(static subkey => subkey.Bindings.Select(static binding => binding.Signature)));
}
