using System.CommandLine;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop inline-sign`: a message that holds the data and its signatures.</summary>
internal static class SopInlineSignCommand
{
    private const string Clearsigned = "clearsigned";

    public static Command Create()
    {
        var kind = SopOptions.As("binary", "text", Clearsigned);
        var noArmor = SopOptions.NoArmor();
        var password = SopOptions.KeyPassword();
        var keys = SopOptions.Files("KEYS", "Secret keys", ArgumentArity.OneOrMore);
        var command = new Command("inline-sign", "Signs standard input, and writes it with the signatures.") { kind, noArmor, password, keys };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string form = SopOptions.OneOf(parsed, kind, "binary", "text", Clearsigned);
            bool isCleartext = form == Clearsigned;
            if (isCleartext && parsed.GetValue(noArmor))
                throw new CommandException(SopExitCode.IncompatibleOptions, $"--as={Clearsigned} is text; there is no binary form of it");
            using var passwords = SopPasswords.ForReading(parsed.GetValue(password) ?? []);
            using var secrets = SopSecrets.Read(parsed.GetValue(keys)!, passwords);
            var pgp = new Pgp();
            var signingKeys = secrets.SigningKeys(pgp);
            var publicKeys = signingKeys.ConvertAll(static key => key.PublicKey);
            var options = new SigningOptions { Armor = !parsed.GetValue(noArmor), LineEnding = LineEnding.Lf, IsText = form != "binary" };
            var output = SopStreaming.Output();
            using var signer = isCleartext
                ? MessageSigner.Cleartext(publicKeys, output, options)
                : MessageSigner.Inline(publicKeys, output, options, pgp.Buffers);
            long length = 0;
            await SopStreaming.ReadAsync(
                pgp.Buffers,
                piece =>
                {
                    length += piece.Length;
                    if (isCleartext && length > CleartextMessage.MaxLength)
                        throw new CommandException(SopExitCode.Unspecified, $"a text of more than {CleartextMessage.MaxLength} octets");
                    signer.Write(piece);
                },
                options.IsText,
                output,
                cancellationToken);
            signer.Complete(signingKeys);
            await output.FlushAsync(cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}
