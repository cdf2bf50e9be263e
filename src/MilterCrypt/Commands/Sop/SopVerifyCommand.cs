using System.CommandLine;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop verify`: signatures that stand beside their data.</summary>
internal static class SopVerifyCommand
{
    public static Command Create()
    {
        var notBefore = SopDates.Option("--not-before", "Older signatures don't count");
        var notAfter = SopDates.Option("--not-after", "Newer signatures don't count");
        var signatures = new Argument<string>("SIGNATURES") { Description = "The signatures" };
        var certs = SopOptions.Files("CERTS", "The signers' certificates", ArgumentArity.OneOrMore);
        var command = new Command("verify", "Says which signatures over standard input count.") { notBefore, notAfter, signatures, certs };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var pgp = new Pgp();
            var dates = SopDates.Read(parsed.GetValue(notBefore), parsed.GetValue(notAfter), pgp.Clock.GetUtcNow());
            var signers = SopCertificates.Read(parsed.GetValue(certs)!);
            string name = parsed.GetValue(signatures)!;
            using var block = SopInput.Read(name, SopInput.MaxKeys);
            if (!DetachedVerifier.TryCreate(block.Octets, out var verifier, out string? reason))
                throw new CommandException(SopExitCode.BadData, $"{PrintableText.Of(name)}: {reason}");

            using (verifier)
            {
                await SopStreaming.ReadAsync(pgp.Buffers, verifier.Write, isText: false, output: null, cancellationToken);
                byte[] lines = SopVerifications.Of(verifier.Judge(signers, pgp.Clock.GetUtcNow(), pgp.Policy), dates);
                if (lines.Length == 0)
                    throw new CommandException(SopExitCode.NoSignature, "no signature counts");
                await SopStreaming.WriteAsync(lines, cancellationToken);
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
