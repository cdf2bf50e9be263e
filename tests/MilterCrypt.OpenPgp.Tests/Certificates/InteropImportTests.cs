using System.Text.Json;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.TestSupport;

namespace MilterCrypt.OpenPgp.Tests.Certificates;

/// <summary>Three decades of other programs' keys: what an importer must find in them.</summary>
public sealed class InteropImportTests
{
    /// <summary>Old keys are weak by today's policy; what they say must be understood nevertheless.</summary>
    private static readonly AlgorithmPolicy AsItWas = new() { MinimumBits = 512, WeakHashesAcceptedBefore = DateTimeOffset.MaxValue };

    public static TheoryData<string> Cases() =>
    [
        .. Directory.GetFiles(Repository.PathOf("tests/vectors/openpgp-interop/keys"), "*.json")
            .Select(path => Path.GetFileNameWithoutExtension(path)).Order(),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheRightUserIdsAndSubkeysAreFound(string name)
    {
        using var expected = JsonDocument.Parse(Vectors.File($"openpgp-interop/keys/{name}.json"));
        byte[] octets = Vectors.File($"openpgp-interop/keys/{name}.asc");
        if (Certificate.ReadAll(octets, CertificateLimits.Default)[0] is CertificateReading.Rejected { IsSecretKey: true })
            octets = Vectors.PublicPart(octets);

        var certificate = ForgedCertificate.ReadOnly(octets);
        var view = certificate.At(ForgedCertificate.Day("2026-01-01"), AsItWas);
        Assert.Equal(
            expected.RootElement.GetProperty("expected_fingerprint").GetString(), certificate.Fingerprint.ToString(), ignoreCase: true);
        Assert.Equal(
            expected.RootElement.GetProperty("expected_uids").EnumerateArray().Select(userId => userId.GetString()).Order(),
            view.UserIds.Where(userId => userId.Problem is null).Select(userId => userId.UserId.Text).Order());
        Assert.Equal(
            expected.RootElement.GetProperty("expected_subkeys").EnumerateArray()
                .Select(subkey => subkey.GetProperty("expected_fingerprint").GetString()!.ToUpperInvariant()).Order(),
            view.Subkeys.Where(subkey => subkey.Problem is null or "ElGamal is not safe to encrypt with")
                .Select(subkey => subkey.Key.Fingerprint.ToString()).Order());
    }
}
