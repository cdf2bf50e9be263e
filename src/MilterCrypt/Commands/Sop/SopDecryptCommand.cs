using System.CommandLine;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop decrypt`: the text of an encrypted message, once it is proven, and which signatures in it count.</summary>
internal static class SopDecryptCommand
{
    private const int MaxLength = 512 << 20;

    public static Command Create()
    {
        var sessionKeyOut = SopOptions.Out("--session-key-out", "Receives the key that opens this one message", "SESSIONKEY");
        var sessionKey = SopOptions.Repeatable("--with-session-key", "May open the message; repeatable", "SESSIONKEY");
        var password = SopOptions.Repeatable("--with-password", "May open the message; repeatable", "PASSWORD");
        var keyPassword = SopOptions.KeyPassword();
        var verifyWith = SopOptions.Repeatable("--verify-with", "The signers' certificates; repeatable", "CERTS");
        var verificationsOut = SopOptions.Out("--verifications-out", "Receives a line for each signature that counts", "VERIFICATIONS");
        verificationsOut.Aliases.Add("--verify-out");
        var notBefore = SopDates.Option("--verify-not-before", "Older signatures don't count");
        var notAfter = SopDates.Option("--verify-not-after", "Newer signatures don't count");
        var keys = SopOptions.Files("KEYS", "Secret keys", ArgumentArity.ZeroOrMore);
        var command = new Command("decrypt", "Decrypts the message on standard input.")
        {
            sessionKeyOut, sessionKey, password, keyPassword, verifyWith, verificationsOut, notBefore, notAfter, keys,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var pgp = new Pgp();
            string[] certs = parsed.GetValue(verifyWith) ?? [];
            string? verifications = parsed.GetValue(verificationsOut);
            if (certs.Length > 0 != verifications is not null)
                throw new CommandException(SopExitCode.IncompleteVerification, "--verify-with and --verifications-out need each other");
            var dates = SopDates.Read(parsed.GetValue(notBefore), parsed.GetValue(notAfter), pgp.Clock.GetUtcNow());
            SopOutput.Check(verifications);
            SopOutput.Check(parsed.GetValue(sessionKeyOut));
            string[] keyNames = parsed.GetValue(keys) ?? [];
            string[] passwordNames = parsed.GetValue(password) ?? [];
            string[] sessionKeyNames = parsed.GetValue(sessionKey) ?? [];
            if (keyNames.Length + passwordNames.Length + sessionKeyNames.Length == 0)
                throw new CommandException(SopExitCode.MissingArgument, "nothing to decrypt with: KEYS, --with-password or --with-session-key");

            using var passwords = SopPasswords.ForReading(passwordNames);
            using var keyPasswords = SopPasswords.ForReading(parsed.GetValue(keyPassword) ?? []);
            using var secrets = SopSecrets.Read(keyNames, keyPasswords);
            var sessionKeys = Array.ConvertAll(sessionKeyNames, SopSessionKey.Read);
            try
            {
                var signers = SopCertificates.Read(certs);
                using var input = SopInput.ReadStandardInput(MaxLength);
                using var decryption = new SopDecryption(input.Octets, pgp);
                Array.ForEach(sessionKeys, decryption.Try);
                decryption.Try(secrets);
                passwords.Octets.ForEach(decryption.Try);
                var content = decryption.Open(signers);
                if (verifications is not null)
                    SopOutput.Write(verifications, SopVerifications.Of(content.Signatures.Select(verdict => For(verdict, secrets)), dates));
                if (parsed.GetValue(sessionKeyOut) is { } name)
                    SopSessionKey.Write(name, decryption.SessionKey);
                foreach (var piece in decryption.Text)
                    await SopStreaming.WriteAsync(piece, cancellationToken);
                return ExitCode.Ok;
            }
            finally
            {
                foreach (var key in sessionKeys)
                    key.Dispose();
            }
        });
        return command;
    }

    // Who has no certificate at hand that a signature could name may not have been meant; who knows a password is not named.
    private static SignatureVerdict For(SignatureVerdict verdict, SopSecrets secrets) => secrets.All.Count == 0
        ? verdict
        : verdict.For([.. secrets.All.Select(static secret => secret.Certificate.Fingerprint)]);
}
