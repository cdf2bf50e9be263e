using System.Security.Cryptography;
using System.Text;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Tests.Certificates;
using MilterCrypt.OpenPgp.Tests.Messages.Reading;
using MilterCrypt.TestSupport;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>The samples of RFC 9580's Annex A, and messages that others wrote for keys of all its kinds:
/// tests/vectors/openpgp-rfc9580.</summary>
public sealed class Rfc9580MessageTests
{
    private const string Folder = "openpgp-rfc9580", Illegal = "v6-legacy_illegal", Sample = "Hello, world!";

    private const string Misnamed = "v4-ed25519-x25519/enc-seipdv2.msg";

    public static TheoryData<string> Messages() => Files("enc-*.msg");

    public static TheoryData<string> CleartextMessages() => Files("csf.msg");

    [Theory]
    [MemberData(nameof(Messages))]
    public void AMessageToAKeyOfEachKindIsOpened(string file)
    {
        using var secrets = Secrets(Path.Combine(Path.GetDirectoryName(file)!, "tsk.asc"));
        ReadMessage read = Read(Vectors.File($"{Folder}/{file}"), secrets);

        Assert.Equal("hello world\n", Encoding.UTF8.GetString(read.Text));
        bool isOld = file.EndsWith("v1.msg", StringComparison.Ordinal) || file == Misnamed;
        Assert.Equal(isOld ? EncryptedDataForm.SeipdV1 : EncryptedDataForm.SeipdV2, read.Content.Encryption!.Form);
    }

    [Theory]
    [MemberData(nameof(CleartextMessages))]
    public void ATextSignedByAKeyOfEachKindIsVerified(string file)
    {
        Certificate signer = Vectors.Rfc9580(Path.GetDirectoryName(file)!);
        Assert.True(CleartextMessage.TryRead(Vectors.File($"{Folder}/{file}"), out var message, out string? reason), reason);
        using (message)
        {
            Assert.Equal("hello world", Encoding.UTF8.GetString(message.Text.Span).TrimEnd());
            var verdict = Assert.Single(message.Judge([signer], DateTimeOffset.UtcNow, AlgorithmPolicy.Default));
            Assert.Null(verdict.Problem);
            Assert.Equal(SignatureStatus.Good, verdict.Status);
        }
    }

    [Fact]
    public void AKeyOfVersion6WithOldEncodingsIsRefused()
    {
        var reading = Assert.Single(SecretCertificate.ReadAll(Vectors.File($"{Folder}/{Illegal}/tsk.asc"), CertificateLimits.Default));
        Assert.IsType<SecretCertificateReading.Rejected>(reading);
    }

    [Fact]
    public void TheSampleMessageIsOpenedByTheSampleKey()
    {
        using var secrets = Secrets("v6-25519-annex-a-4/tsk.asc");
        ReadMessage read = Read(Vectors.File($"{Folder}/v6-25519-annex-a-4/annex-a-8.asc"), secrets);

        Assert.Equal(Sample, Encoding.UTF8.GetString(read.Text));
        Assert.Equal(new EncryptionFacts(EncryptedDataForm.SeipdV2, SymmetricAlgorithm.Aes128, AeadAlgorithm.Ocb), read.Content.Encryption);
    }

    [Theory]
    [InlineData("aead/aes128-eax.pgp")]
    [InlineData("aead/aes128-ocb.pgp")]
    [InlineData("aead/aes128-gcm.pgp")]
    public void TheSamplePassphraseOpensEachSampleMessageAndAnotherOneNone(string file)
    {
        byte[] message = Vectors.File($"{Folder}/{file}");
        Assert.Equal(Sample, Encoding.UTF8.GetString(OurReader.ReadWithPassphrase("password", message).Text));
        Assert.Equal(MessageRefusal.Undecryptable, OurReader.ReadWithPassphrase("Password", message).Refusal);
    }

    [Theory]
    [InlineData("passphrases/annex-a-12-1.asc", SymmetricAlgorithm.Aes128)]
    [InlineData("passphrases/annex-a-12-2.asc", SymmetricAlgorithm.Aes192)]
    [InlineData("passphrases/annex-a-12-3.asc", SymmetricAlgorithm.Aes256)]
    public void TheSamplePassphraseOpensWhatArgon2Guards(string file, SymmetricAlgorithm cipher)
    {
        TwoGibibytes.SkipWithout();
        ReadMessage read = OurReader.ReadWithPassphrase("password", Vectors.File($"{Folder}/{file}"));
        Assert.Equal(Sample, Encoding.UTF8.GetString(read.Text));
        Assert.Equal(cipher, read.Content.Encryption!.Cipher);
    }

    [Fact]
    public void TheSampleSignatureIsTheSampleKeysThoughNobodySaysWhoseThatIs()
    {
        var signer = ForgedCertificate.ReadOnly(Vectors.File($"{Folder}/annex-a/a1-certificate.asc"));
        Assert.Equal("C959BDBAFA32A2F89A153B678CFDE12197965A9A", signer.Fingerprint.ToString());
        Assert.Equal(SignatureStatus.KeyUnfit, Judge("OpenPGP"));
        Assert.Equal(SignatureStatus.Bad, Judge("OpenPGP!"));

        SignatureStatus Judge(string text)
        {
            Assert.True(DetachedVerifier.TryCreate(Vectors.File($"{Folder}/annex-a/a2-signature.asc"), out var verifier, out string? reason), reason);
            using (verifier)
            {
                verifier.Write(Encoding.ASCII.GetBytes(text));
                return Assert.Single(verifier.Judge([signer], DateTimeOffset.UtcNow, AlgorithmPolicy.Default)).Status;
            }
        }
    }

    [Fact]
    public void TheSampleCertificateIsTheSampleKeysOwn()
    {
        var certificate = ForgedCertificate.ReadOnly(Vectors.File($"{Folder}/annex-a/a3-certificate.asc"));
        Assert.Equal("CB186C4F0609A697E4D52DFA6C722B0C1F1E27C18A56708F6525EC27BAD9ACC9", certificate.Fingerprint.ToString());
        Assert.Equal(
            "12C83F1E706F6308FE151A417743A1F033790E93E9978488D1DB378DA9930885",
            Assert.Single(certificate.Subkeys).Key.Fingerprint.ToString());
        using var secrets = Secrets("v6-25519-annex-a-4/tsk.asc");
        Assert.Equal(certificate.ToArray(), secrets.Certificate.ToArray());
    }

    private static TheoryData<string> Files(string pattern) =>
    [
        .. Directory.GetFiles(Repository.PathOf($"tests/vectors/{Folder}"), pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.PathOf($"tests/vectors/{Folder}"), path))
            .Where(file => !file.StartsWith(Illegal, StringComparison.Ordinal)).Order(),
    ];

    private static SecretCertificate Secrets(string file)
    {
        var reading = Assert.Single(SecretCertificate.ReadAll(Vectors.File($"{Folder}/{file}"), CertificateLimits.Default));
        return Assert.IsType<SecretCertificateReading.Readable>(reading).SecretCertificate;
    }

    private static ReadMessage Read(byte[] message, SecretCertificate secrets)
    {
        using var random = RandomNumberGenerator.Create();
        return Reading.Message(
            message, wanted => SessionKeyOpener.Open(wanted.Packets, secrets.DecryptionKeys, wanted.PacketVersion, wanted.Cipher, random));
    }
}
