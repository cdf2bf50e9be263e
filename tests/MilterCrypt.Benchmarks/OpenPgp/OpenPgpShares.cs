using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.Benchmarks.OpenPgp;

/// <summary>The OpenPGP library without mail servers: how near it comes to what its primitives allow, and how far it is from
/// gpg.</summary>
internal static class OpenPgpShares
{
    private static readonly RecipientCapabilities ReadsAll = new(
        true, [SymmetricAlgorithm.Aes256], [new AeadCiphersuite(SymmetricAlgorithm.Aes256, AeadAlgorithm.Ocb)]);

    public static async Task<IReadOnlyList<Measurement>> MeasureAsync(int rounds)
    {
        await using var gpg = new GnuPgHome();
        var curve = await gpg.MakeKeyAsync("ed25519", "cv25519");
        await using var other = new GnuPgHome();
        var rsa = await other.MakeKeyAsync("rsa3072", "rsa3072");
        var v1 = Recipients(curve.Certificate);
        IReadOnlyList<EncryptionRecipient> v2 = [.. v1.Select(recipient => recipient with { Capabilities = ReadsAll })];
        using var secret = SecretCertificate.Read(curve.SecretKey);
        return
        [
            .. await BulkShares.MeasureAsync(v1, v2, secret, gpg, rounds),
            .. SmallMessages.Measure("Curve25519", v1, "SEIPDv1", rounds),
            .. SmallMessages.Measure("Curve25519", v2, "SEIPDv2", rounds),
            .. SmallMessages.Measure("RSA-3072", Recipients(rsa.Certificate), "SEIPDv1", rounds),
            .. JudgingRate.Measure("Curve25519", curve.Certificate, rounds),
            .. JudgingRate.Measure("RSA-3072", rsa.Certificate, rounds),
        ];
    }

    private static IReadOnlyList<EncryptionRecipient> Recipients(byte[] certificate) =>
        Certificate.Read(certificate).At(TimeProvider.System.GetUtcNow(), AlgorithmPolicy.Default).ForEncryption() is EncryptionVerdict.Usable(var recipients)
            ? recipients
            : throw new InvalidOperationException("gpg's key can't be used.");
}
