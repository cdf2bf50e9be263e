using System.CommandLine;
using System.Text;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop sign`: signatures beside the data.</summary>
internal static class SopSignCommand
{
    public static Command Create()
    {
        var kind = SopOptions.As("binary", "text");
        var noArmor = SopOptions.NoArmor();
        var hashOut = SopOptions.Out("--micalg-out", "Receives the hash function's name for a MIME header", "MICALG");
        var password = SopOptions.KeyPassword();
        var keys = SopOptions.Files("KEYS", "Secret keys", ArgumentArity.OneOrMore);
        var command = new Command("sign", "Signs standard input, and writes the signatures.") { kind, noArmor, hashOut, password, keys };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string? hash = parsed.GetValue(hashOut);
            SopOutput.Check(hash);
            bool isText = SopOptions.OneOf(parsed, kind, "binary", "text") == "text";
            using var passwords = SopPasswords.ForReading(parsed.GetValue(password) ?? []);
            using var secrets = SopSecrets.Read(parsed.GetValue(keys)!, passwords);
            var pgp = new Pgp();
            var signingKeys = secrets.SigningKeys(pgp);
            var options = new SigningOptions { Armor = !parsed.GetValue(noArmor), LineEnding = LineEnding.Lf, IsText = isText };
            var output = SopStreaming.Output();
            using var signer = MessageSigner.Detached([.. signingKeys.Select(static key => key.PublicKey)], output, options);
            await SopStreaming.ReadAsync(pgp.Buffers, signer.Write, isText, output: null, cancellationToken);
            signer.Complete(signingKeys);
            SopOutput.Write(hash, Encoding.ASCII.GetBytes(NameOf(signer.HashAlgorithms)));
            await output.FlushAsync(cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    // RFC 3156 §5; empty where there is not one name for all.
    private static string NameOf(IReadOnlyList<HashAlgorithm> hashes) => hashes is [var only]
        ? $"pgp-{only.ToString().Replace('_', '-').Replace("Sha3", "SHA3", StringComparison.Ordinal).ToLowerInvariant()}"
        : "";
}
