using System.CommandLine;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop extract-cert`: from secret keys what others may see of them.</summary>
internal static class SopExtractCertCommand
{
    public static Command Create()
    {
        var noArmor = SopOptions.NoArmor();
        var command = new Command("extract-cert", "Writes the certificates of the secret keys on standard input.") { noArmor };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var secrets = SopSecrets.ReadStandardInput();
            await SopCertificates.WriteAsync(secrets.All.Select(static secret => secret.Certificate), parsed.GetValue(noArmor), cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}
