using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Tests.Certificates;
using MilterCrypt.OpenPgp.Tests.Messages.Reading;
using MilterCrypt.TestSupport;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>Messages that programs wrote since 2010, with the locked keys that open them: tests/vectors/openpgp-interop.</summary>
public sealed class InteropMessageTests
{
    private const string Folder = "openpgp-interop/messages";

    // What is refused on purpose. Nobody should have to say why IDEA failed: an attacker chooses what an answer is about.
    private static readonly Dictionary<string, string> Refusals = new()
    {
        ["pgp-10-0-007"] = "the message can't be decrypted", // IDEA
    };

    private static readonly Dictionary<string, string> WeakSignatures = new()
    {
        ["gnupg-v1-001"] = "RSA with 1024 bits is too weak",
        ["gnupg-v1-003"] = "RSA with 1024 bits is too weak",
    };

    public static TheoryData<string> Cases() =>
    [
        .. Directory.GetFiles(Repository.PathOf($"tests/vectors/{Folder}"), "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void AnOldMessageIsOpenedAndItsSignatureIsJudged(string name)
    {
        using var json = JsonDocument.Parse(Vectors.File($"{Folder}/{name}.json"));
        Expected expected = json.Deserialize<Expected>(JsonSerializerOptions.Web)!;
        Certificate[] signers = expected.VerifyKey is null ? [] : [ForgedCertificate.ReadOnly(Vectors.File($"{Folder}/{expected.VerifyKey}"))];

        ReadMessage read = Read(Vectors.File($"{Folder}/{name}.asc"), expected, signers);

        Assert.Equal(Refusals.GetValueOrDefault(name), read.Refusal?.Reason);
        if (read.Refusal is not null)
            return;

        Assert.Equal(expected.Textcontent, Encoding.UTF8.GetString(read.Text));
        Assert.Equal(
            signers.Select(_ => WeakSignatures.GetValueOrDefault(name)),
            read.Content.Signatures.Select(verdict => verdict.Problem));
    }

    private static ReadMessage Read(byte[] message, Expected expected, Certificate[] signers)
    {
        var reading = Assert.Single(SecretCertificate.ReadAll(Vectors.File($"openpgp-interop/secret-keys/{expected.DecryptKey}"), CertificateLimits.Default));
        using var secrets = Assert.IsType<SecretCertificateReading.Readable>(reading).SecretCertificate;
        Assert.Equal(expected.Passphrase.Length > 0, secrets.IsLocked);
        Assert.True(secrets.TryUnlock(Encoding.UTF8.GetBytes(expected.Passphrase), S2kLimits.Default, out string? reason), reason);
        using var random = RandomNumberGenerator.Create();
        return Reading.Message(
            message, wanted => SessionKeyOpener.Open(wanted.Packets, secrets.DecryptionKeys, wanted.PacketVersion, wanted.Cipher, random),
            signers: signers);
    }

    private sealed record Expected(string DecryptKey, string Passphrase, string? VerifyKey, string Textcontent);
}
