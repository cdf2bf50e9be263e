using System.Buffers;
using System.CommandLine;
using MilterCrypt.OpenPgp;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop inline-detach`: a signed message, taken apart into its text and its signatures. Nothing is verified.</summary>
internal static class SopInlineDetachCommand
{
    public static Command Create()
    {
        var noArmor = SopOptions.NoArmor();
        var signaturesOut = SopOptions.Out("--signatures-out", "Receives the signatures", "SIGNATURES");
        signaturesOut.Required = true;
        var command = new Command("inline-detach", "Writes the text of the signed message on standard input, and its signatures elsewhere.") { noArmor, signaturesOut };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string name = parsed.GetValue(signaturesOut)!;
            SopOutput.Check(name);
            using var message = SopInlineMessage.ReadStandardInput(new Pgp(), []);
            var signatures = new ArrayBufferWriter<byte>();
            if (message.WriteSignatures(signatures, SopOptions.Armor(parsed, noArmor)) == 0)
                throw new CommandException(SopExitCode.BadData, "standard input: a message without signatures");
            SopOutput.Write(name, signatures.WrittenSpan);
            await message.WriteTextAsync(cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}
