using System.CommandLine;
using MilterCrypt.OpenPgp;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop inline-verify`: the text of a signed message, once a signature over it counts.</summary>
internal static class SopInlineVerifyCommand
{
    public static Command Create()
    {
        var notBefore = SopDates.Option("--not-before", "Older signatures don't count");
        var notAfter = SopDates.Option("--not-after", "Newer signatures don't count");
        var verificationsOut = SopOptions.Out("--verifications-out", "Receives a line for each signature that counts", "VERIFICATIONS");
        var certs = SopOptions.Files("CERTS", "The signers' certificates", ArgumentArity.OneOrMore);
        var command = new Command("inline-verify", "Writes the text of the signed message on standard input, if a signature counts.") { notBefore, notAfter, verificationsOut, certs };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var pgp = new Pgp();
            var dates = SopDates.Read(parsed.GetValue(notBefore), parsed.GetValue(notAfter), pgp.Clock.GetUtcNow());
            SopOutput.Check(parsed.GetValue(verificationsOut));
            using var message = SopInlineMessage.ReadStandardInput(pgp, SopCertificates.Read(parsed.GetValue(certs)!));
            byte[] lines = SopVerifications.Of(message.Verdicts, dates);
            if (lines.Length == 0)
                throw new CommandException(SopExitCode.NoSignature, "no signature counts");
            SopOutput.Write(parsed.GetValue(verificationsOut), lines);
            await message.WriteTextAsync(cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}
