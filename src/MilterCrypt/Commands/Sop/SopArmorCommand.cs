using System.CommandLine;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop armor` and `sop dearmor`: from binary to armor and back, whatever is inside.</summary>
internal static class SopArmorCommand
{
    private const int MaxLength = 512 << 20;
    private const string Auto = "auto";

    private static readonly Dictionary<string, string> Labels = new()
    {
        ["sig"] = "PGP SIGNATURE",
        ["key"] = "PGP PRIVATE KEY BLOCK",
        ["cert"] = "PGP PUBLIC KEY BLOCK",
        ["message"] = "PGP MESSAGE",
    };

    public static Command CreateArmor()
    {
        string[] kinds = [Auto, .. Labels.Keys];
        var label = new Option<string>("--label") { Description = "What the data is", HelpName = string.Join('|', kinds), DefaultValueFactory = _ => Auto };
        var command = new Command("armor", "Writes OpenPGP data as armor.") { label };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string kind = SopOptions.OneOf(parsed, label, kinds);
            using var input = SopInput.ReadStandardInput(MaxLength);
            if (ArmoredData.IsBinary(input.Octets.Span))
            {
                string found = SopArmor.LabelOf(input.Octets, "standard input");
                await SopArmor.WriteAsync(input.Octets, Labels.GetValueOrDefault(kind, found), cancellationToken);
                return ExitCode.Ok;
            }

            // What is armored already stays as it is.
            CryptographicOperations.ZeroMemory(Decode(input).Span);
            await SopStreaming.WriteAsync(input.Octets, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    public static Command CreateDearmor()
    {
        var command = new Command("dearmor", "Writes OpenPGP data as binary.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var input = SopInput.ReadStandardInput(MaxLength);
            if (ArmoredData.IsBinary(input.Octets.Span))
            {
                _ = SopArmor.LabelOf(input.Octets, "standard input");
                await SopStreaming.WriteAsync(input.Octets, cancellationToken);
                return ExitCode.Ok;
            }

            var octets = Decode(input);
            await SopStreaming.WriteAsync(octets, cancellationToken);
            CryptographicOperations.ZeroMemory(octets.Span);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Memory<byte> Decode(SopInput input)
    {
        if (!ArmoredData.TryDecode(input.Octets, out var octets, out string? reason))
            throw new CommandException(SopExitCode.BadData, $"standard input: {reason}");
        _ = SopArmor.LabelOf(octets.Value, "standard input");
        return octets.Value;
    }
}
