using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop`: the Stateless OpenPGP command line (draft-dkg-openpgp-stateless-cli), a thin layer over MilterCrypt.OpenPgp for
/// people, scripts and interoperability tests. The daemon has nothing to do with it. Its exit codes are the draft's, and so
/// are the names that begin with @.</summary>
internal static class SopCommand
{
    private const string Name = "sop";

    /// <summary>The command; its own commands only where the arguments, or the line that a shell completes, name it: the daemon
    /// starts without them.</summary>
    public static Command Create(string[] arguments)
    {
        var command = new Command(Name, "OpenPGP without state: the commands of draft-dkg-openpgp-stateless-cli.");
        if (!Array.Exists(arguments, static argument => argument.Contains(Name, StringComparison.Ordinal)))
            return command;

        command.Add(SopVersionCommand.Create());
        command.Add(SopListProfilesCommand.Create());
        command.Add(SopGenerateKeyCommand.Create());
        command.Add(SopChangeKeyPasswordCommand.Create());
        command.Add(SopRevokeKeyCommand.Create());
        command.Add(SopUpdateKeyCommand.Create());
        command.Add(SopExtractCertCommand.Create());
        command.Add(SopMergeCertsCommand.Create());
        command.Add(SopCertifyUserIdCommand.Create());
        command.Add(SopValidateUserIdCommand.Create());
        command.Add(SopSignCommand.Create());
        command.Add(SopVerifyCommand.Create());
        command.Add(SopEncryptCommand.Create());
        command.Add(SopDecryptCommand.Create());
        command.Add(SopInlineSignCommand.Create());
        command.Add(SopInlineVerifyCommand.Create());
        command.Add(SopInlineDetachCommand.Create());
        command.Add(SopArmorCommand.CreateArmor());
        command.Add(SopArmorCommand.CreateDearmor());
        return command;
    }

    /// <summary>Whether the arguments are meant for it.</summary>
    public static bool IsMeant(string[] arguments) => arguments is [Name, ..];

    /// <summary>Runs what the arguments ask for.</summary>
    /// <returns>One of <see cref="SopExitCode"/>.</returns>
    public static async Task<int> RunAsync(RootCommand root, string[] arguments, CancellationToken cancellationToken)
    {
        // A name that begins with @ is ours to understand, not a file with more arguments.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        try
        {
            if (parsed.Action is not HelpAction)
                Check(parsed, arguments);
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, cancellationToken);
        }
        catch (CommandException e)
        {
            return CommandLine.Say(e.Message, e.ExitCode);
        }
        catch (Exception e) when (e is IOException or OpenPgpException or CryptographicException or DllNotFoundException)
        {
            return CommandLine.Say(e.Message, SopExitCode.Unspecified);
        }
    }

    private static void Check(ParseResult parsed, string[] arguments)
    {
        var command = parsed.CommandResult.Command;
        string[] options = [.. arguments.TakeWhile(static word => word != "--").Where(static word => word is ['-', _, ..]).Select(static word => word.Split('=')[0])];
        var known = OptionsOf(parsed.CommandResult).ToList();
        foreach (string word in options)
        {
            var option = known.Find(option => option.Name == word || option.Aliases.Contains(word))
                ?? throw new CommandException(SopExitCode.UnsupportedOption, $"there is no option {PrintableText.Of(word)}");
            if (option.Arity.MaximumNumberOfValues <= 1 && options.Count(other => other == word) > 1)
                throw new CommandException(SopExitCode.IncompatibleOptions, $"{word} is there more than once");
        }

        if (command.Name == Name)
        {
            throw arguments is [_, var word, ..]
                ? new CommandException(SopExitCode.UnsupportedSubcommand, $"there is no command '{PrintableText.Of(word)}'")
                : new CommandException(SopExitCode.MissingArgument, "which command?");
        }

        if (parsed.UnmatchedTokens.Count > 0)
            throw new CommandException(SopExitCode.UnsupportedOption, $"'{PrintableText.Of(parsed.UnmatchedTokens[0])}' is one argument too many");
        if (parsed.Action is ParseErrorAction || parsed.Errors.Count > 0)
            throw new CommandException(SopExitCode.MissingArgument, parsed.Errors[0].Message);
    }

    private static IEnumerable<Option> OptionsOf(System.CommandLine.Parsing.SymbolResult? result)
    {
        for (bool isOwn = true; result is System.CommandLine.Parsing.CommandResult { Command: var command }; result = result.Parent, isOwn = false)
        {
            foreach (var option in command.Options)
            {
                if (isOwn || option.Recursive)
                    yield return option;
            }
        }
    }
}
