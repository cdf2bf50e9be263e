using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Tests.Examples;

internal static class Letters
{
    public static async Task<string> DecryptAsync(byte[] secretKey, byte[] passphrase, Stream message, Stream letter, Certificate alice)
    {
        // <example decrypt>
        using SecretCertificate bob = SecretCertificate.Read(secretKey);
        if (!bob.TryUnlock(passphrase, S2kLimits.Default, out string? problem))
            throw new InvalidOperationException(problem);

        MessageContent content = await new Pgp().DecryptAsync(message, letter, [bob], [alice]);
        bool isFromAlice = content.Signatures.Any(signature => signature.MatchesAddress(address => address == "alice@example.org"));
        // </example>
        return isFromAlice ? "from Alice" : "from anybody";
    }

    public static async Task<bool> SignAsync(SecretCertificate alice, Stream report, Stream signature, Func<Stream> reopen, Func<byte[]> reread)
    {
        // <example sign>
        await new Pgp().SignAsync(report, signature, [alice]);
        // </example>
        await using Stream data = reopen();
        byte[] signatures = reread();
        Certificate certificate = alice.Certificate;
        // <example verify>
        IReadOnlyList<SignatureVerdict> verdicts = await new Pgp().VerifyAsync(data, signatures, [certificate]);
        foreach (SignatureVerdict verdict in verdicts)
            Console.WriteLine(verdict.IsGood ? $"signed {verdict.CreatedAt}" : $"{verdict.Status}: {verdict.Problem}");
        // </example>
        return verdicts.All(verdict => verdict.IsGood);
    }

    public static string Judge(Certificate certificate)
    {
        // <example judge>
        CertificateView today = certificate.At(DateTimeOffset.UtcNow, AlgorithmPolicy.Default);
        string answer = today.ForEncryption() switch
        {
            EncryptionVerdict.Usable(var keys) => $"{keys.Count} keys to encrypt to, until {today.ChangesAt}",
            EncryptionVerdict.Unusable(var reason) => $"no: {reason}",
            _ => throw new InvalidOperationException(),
        };
        // </example>
        return answer;
    }

    // <example stream>
    public static MessageReading Read(IEnumerable<byte[]> pieces, IPlaintextSink spool, SecretCertificate bob, Certificate alice)
    {
        using var reader = new MessageReader(spool, new ReadingOptions { MaxLength = 50_000_000 });
        foreach (byte[] piece in pieces)
        {
            reader.Write(piece);
            if (reader.SessionKeyWanted is { } wanted)
            {
                using SessionKey? key = SessionKeyOpener.Open(
                    wanted.Packets, bob.DecryptionKeys, wanted.PacketVersion, wanted.Cipher, System.Security.Cryptography.RandomNumberGenerator.Create());
                reader.UseSessionKey(key, bob.Certificate.Fingerprint);
            }
        }

        return reader.Complete([alice]);   // only now, and only if it is Read, is what the spool holds anybody's to see
    }
    // </example>

    public static byte[] Write(IEnumerable<byte[]> pieces, IReadOnlyList<EncryptionRecipient> recipients)
    {
        // <example write>
        var output = new ArrayBufferWriter<byte>();
        using var encryptor = MessageEncryptor.Create(recipients, output, new EncryptionOptions());
        foreach (byte[] piece in pieces)
            encryptor.Write(piece);
        encryptor.Complete();
        // </example>
        return output.WrittenSpan.ToArray();
    }

    public static (byte[] Secret, byte[] Published) Generate(byte[] passphrase)
    {
        // <example generate>
        using SecretCertificate alice = SecretCertificate.Generate(new KeyGeneration
        {
            UserIds = ["Alice <alice@example.org>"],
            Validity = TimeSpan.FromDays(3 * 365),
        });
        if (!alice.TrySetPassphrase(passphrase, RandomNumberGenerator.Create(), out string? problem))
            throw new InvalidOperationException(problem);
        byte[] secretKey = alice.ToArmor();                // locked: for Alice alone
        byte[] certificate = alice.Certificate.ToArmor();  // for everybody
        // </example>
        return (secretKey, certificate);
    }

    public static byte[] Change(SecretCertificate alice, Fingerprint oldKey)
    {
        // <example change>
        CertificateEditor editor = CertificateEditor.Open(alice, new ChangeOptions(), out string? refusal)
            ?? throw new InvalidOperationException(refusal);
        bool isExtended = editor.TryExpireAt(DateTimeOffset.UtcNow.AddYears(3), out string? problem);
        bool isReplaced = editor.TryReplaceSubkey(oldKey, out problem);
        byte[] forTheSafe = editor.MakeRevocationCertificate(RevocationReason.None, "");
        byte[] toPublish = alice.Certificate.Minimal(DateTimeOffset.UtcNow, AlgorithmPolicy.Default).ToArmor();
        // </example>
        return isExtended && isReplaced && forTheSafe.Length > 0 ? toPublish : [];
    }
}
