using System.CommandLine;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop encrypt`: a message to the owners of certificates, and to those who know a password.</summary>
internal static class SopEncryptCommand
{
    private const string Any = "any";

    private static readonly Dictionary<string, KeyUsage> Purposes = new()
    {
        [Any] = KeyUsage.EncryptCommunications | KeyUsage.EncryptStorage,
        ["storage"] = KeyUsage.EncryptStorage,
        ["communications"] = KeyUsage.EncryptCommunications,
    };

    public static Command Create()
    {
        var kind = SopOptions.As("binary", "text");
        var noArmor = SopOptions.NoArmor();
        var password = SopOptions.Repeatable("--with-password", "Opens the message too; repeatable", "PASSWORD");
        var signWith = SopOptions.Repeatable("--sign-with", "Secret keys that sign it; repeatable", "KEYS");
        var keyPassword = SopOptions.KeyPassword();
        var profile = new Option<string?>("--profile") { Description = "How passwords are used: see list-profiles", HelpName = "PROFILE" };
        var purpose = new Option<string>("--for") { Description = "What the keys must be for", HelpName = string.Join('|', Purposes.Keys), DefaultValueFactory = _ => Any };
        var sessionKeyOut = SopOptions.Out("--session-key-out", "Receives the key that opens this one message", "SESSIONKEY");
        var certs = SopOptions.Files("CERTS", "The recipients' certificates", ArgumentArity.ZeroOrMore);
        var command = new Command("encrypt", "Encrypts standard input.") { kind, noArmor, password, signWith, keyPassword, profile, purpose, sessionKeyOut, certs };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            bool isText = SopOptions.OneOf(parsed, kind, "binary", "text") == "text";
            var usage = Purposes[SopOptions.OneOf(parsed, purpose, [.. Purposes.Keys])];
            string chosen = SopProfiles.Encrypt.Find(parsed.GetValue(profile));
            string[] names = parsed.GetValue(certs) ?? [];
            SopOutput.Check(parsed.GetValue(sessionKeyOut));
            if (names.Length == 0 && (parsed.GetValue(password) ?? []).Length == 0)
                throw new CommandException(SopExitCode.MissingArgument, "nobody to encrypt to: CERTS, or --with-password");

            var pgp = new Pgp();
            using var passwords = SopPasswords.ForWriting(parsed.GetValue(password) ?? []);
            using var keyPasswords = SopPasswords.ForReading(parsed.GetValue(keyPassword) ?? []);
            using var signers = SopSecrets.Read(parsed.GetValue(signWith) ?? [], keyPasswords);
            var signingKeys = signers.SigningKeys(pgp);
            var options = new EncryptionOptions
            {
                Armor = !parsed.GetValue(noArmor),
                LineEnding = LineEnding.Lf,
                Passphrases = passwords.Octets,
                PassphrasesNeedRfc9580 = chosen == SopProfiles.Rfc9580,
                IsText = isText,
                Signers = [.. signingKeys.Select(static key => key.PublicKey)],
                Buffers = pgp.Buffers,
            };
            var recipients = SopCertificates.Read(names).SelectMany(certificate => KeysOf(certificate, usage, pgp)).ToList();
            var output = SopStreaming.Output();
            using var encryptor = MessageEncryptor.Create(recipients, output, options);
            SopSessionKey.Write(parsed.GetValue(sessionKeyOut), encryptor.SessionKey);
            await SopStreaming.ReadAsync(pgp.Buffers, encryptor.Write, isText, output, cancellationToken);
            encryptor.Complete(signingKeys);
            await output.FlushAsync(cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    private static List<EncryptionRecipient> KeysOf(Certificate certificate, KeyUsage usage, Pgp pgp)
    {
        var view = certificate.At(pgp.Clock.GetUtcNow(), pgp.Policy);
        var keys = view.Subkeys.Prepend(view.PrimaryKey).ToList();
        var verdict = view.ForEncryption();
        if (verdict is EncryptionVerdict.Usable(var usable))
        {
            var fitting = usable.Where(recipient => keys.Exists(key => key.Key.Fingerprint.Equals(recipient.Key.Fingerprint) && (key.Usage & usage) != 0)).ToList();
            return fitting.Count > 0
                ? fitting
                : throw new CommandException(SopExitCode.CertCannotEncrypt, $"certificate {certificate.Fingerprint}: no key for that purpose");
        }

        var encrypting = keys.FindAll(static key => key.IsForEncryption);
        bool isUnknown = encrypting.Count > 0 && encrypting.TrueForAll(static key => key.Key.Material is PublicKeyMaterial.Unusable or PublicKeyMaterial.ElGamal);
        throw new CommandException(
            view.Problem is null && isUnknown ? SopExitCode.UnsupportedAlgorithm : SopExitCode.CertCannotEncrypt,
            $"certificate {certificate.Fingerprint}: {((EncryptionVerdict.Unusable)verdict).Reason}");
    }
}
