using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Benchmarks.OpenPgp;

/// <summary>The OpenPGP library without mail servers: how near it comes to what its primitives allow.</summary>
internal static class OpenPgpShares
{
    public static async Task<IReadOnlyList<Measurement>> MeasureAsync(Correspondent bob, int rounds)
    {
        await using var rsa = await Correspondent.AppearAsync("rsa@partner.example", "default");
        var v1 = Recipients(bob.PublicKey);
        var readsAll = new RecipientCapabilities(
            true, [SymmetricAlgorithm.Aes256], [new AeadCiphersuite(SymmetricAlgorithm.Aes256, AeadAlgorithm.Ocb)]);
        IReadOnlyList<EncryptionRecipient> v2 = [.. v1.Select(recipient => recipient with { Capabilities = readsAll })];
        return
        [
            .. BulkShares.Measure(v1, v2, rounds),
            .. SmallMessages.Measure("Curve25519", v1, "SEIPDv1", rounds),
            .. SmallMessages.Measure("Curve25519", v2, "SEIPDv2", rounds),
            .. SmallMessages.Measure("RSA-3072", Recipients(rsa.PublicKey), "SEIPDv1", rounds),
            .. JudgingRate.Measure("Curve25519", bob.PublicKey, rounds),
            .. JudgingRate.Measure("RSA-3072", rsa.PublicKey, rounds),
        ];
    }

    private static IReadOnlyList<EncryptionRecipient> Recipients(byte[] publicKey)
    {
        var reading = Certificate.ReadAll(publicKey, CertificateLimits.Default).Single();
        if (reading is CertificateReading.Readable(var certificate)
            && certificate.At(TimeProvider.System.GetUtcNow(), AlgorithmPolicy.Default).ForEncryption() is EncryptionVerdict.Usable(var recipients))
            return recipients;
        throw new InvalidOperationException($"gpg's key can't be used: {reading}");
    }
}
