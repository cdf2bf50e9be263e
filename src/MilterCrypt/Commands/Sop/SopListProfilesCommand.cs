using System.CommandLine;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop list-profiles`: which ways to do it a command has.</summary>
internal static class SopListProfilesCommand
{
    public static Command Create()
    {
        var subcommand = new Argument<string>("SUBCOMMAND") { Description = "A command that has profiles: encrypt, generate-key" };
        var command = new Command("list-profiles", "Prints the profiles of a command, the usual one first.") { subcommand };
        command.SetAction(parsed =>
        {
            string name = parsed.GetValue(subcommand)!;
            var profiles = name switch
            {
                "encrypt" => SopProfiles.Encrypt,
                "generate-key" => SopProfiles.GenerateKey,
                _ => throw new CommandException(SopExitCode.UnsupportedProfile, $"'{PrintableText.Of(name)}' has no profiles"),
            };
            foreach (string line in profiles.Lines)
                parsed.InvocationConfiguration.Output.WriteLine(line);
            return ExitCode.Ok;
        });
        return command;
    }
}
