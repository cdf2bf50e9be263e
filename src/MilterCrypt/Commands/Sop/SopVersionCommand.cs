using System.CommandLine;
using System.Runtime.InteropServices;
using MilterCrypt.OpenPgp;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop version`: which program this is, and which interface it has.</summary>
internal static class SopVersionCommand
{
    public static Command Create()
    {
        var backend = new Option<bool>("--backend") { Description = "Prints the name and version of the library" };
        var extended = new Option<bool>("--extended") { Description = "Prints what else is part of it" };
        var spec = new Option<bool>("--sop-spec") { Description = "Prints which draft this follows" };
        var verifier = new Option<bool>("--sopv") { Description = "Prints which version of the interface for verification alone this has" };
        var command = new Command("version", "Prints the version.") { backend, extended, spec, verifier };
        command.SetAction(parsed =>
        {
            var chosen = new[] { backend, extended, spec, verifier }.Where(parsed.GetValue).ToList();
            if (chosen.Count > 1)
                throw new CommandException(SopExitCode.IncompatibleOptions, $"{chosen[0].Name} and {chosen[1].Name} exclude each other");
            string program = $"miltercrypt {ProgramVersion.Text}";
            string library = $"{nameof(MilterCrypt)}.{nameof(OpenPgp)} {typeof(Pgp).Assembly.GetName().Version?.ToString(3)}";
            string[] lines = chosen switch
            {
                [] => [program],
                [var only] when only == backend => [library],
                [var only] when only == extended => [program, library, RuntimeInformation.FrameworkDescription],
                [var only] when only == spec => ["~draft-dkg-openpgp-stateless-cli-14"],
                _ => ["1.0"],
            };
            foreach (string line in lines)
                parsed.InvocationConfiguration.Output.WriteLine(line);
            return ExitCode.Ok;
        });
        return command;
    }
}
