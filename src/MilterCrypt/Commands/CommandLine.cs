using System.CommandLine;
using System.CommandLine.Invocation;
using MilterCrypt.Commands.Sop;
using MilterCrypt.Configuration;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Milter.Listening;

namespace MilterCrypt.Commands;

/// <summary>The program's commands, and the one place where a command's failure becomes an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Runs what the arguments ask for.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        if (SopCommand.IsMeant(arguments))
            return await SopCommand.RunAsync(Build(arguments), arguments, cancellationToken);

        var parsed = Build(arguments).Parse(arguments);
        // The daemon ends when it is done, not when the library's patience is; other commands may just die.
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            int exitCode = await parsed.InvokeAsync(configuration, cancellationToken);
            return parsed.Action is ParseErrorAction ? ExitCode.Usage : exitCode;
        }
        catch (CommandException e)
        {
            return Say(e.Message, e.ExitCode);
        }
        catch (KeyStoreException e)
        {
            return Say(e.Message, e.IsTemporary ? ExitCode.TryAgain : ExitCode.InputOutput);
        }
        catch (JournalException e)
        {
            return Say(e.Message, ExitCode.InputOutput);
        }
        catch (SecretKeyException e)
        {
            return Say(e.Message, ExitCode.InputOutput);
        }
        catch (HoldingException e)
        {
            return Say(e.Message, ExitCode.InputOutput);
        }
        catch (MilterListenException e)
        {
            return Say(e.Message, ExitCode.Unavailable);
        }
        catch (IOException e)
        {
            // Standard output is full, or its reader has gone.
            return Say(e.Message, ExitCode.InputOutput);
        }
        catch (DllNotFoundException e)
        {
            return Say(e.Message, ExitCode.Unavailable);
        }
    }

    /// <summary>All commands.</summary>
    /// <param name="arguments">What was asked for.</param>
    public static RootCommand Build(string[] arguments)
    {
        var config = new Option<string>("--config")
        {
            Description = "The configuration file",
            HelpName = "FILE",
            Recursive = true,
            DefaultValueFactory = _ => ConfigurationFile.DefaultPath,
        };
        return new RootCommand("Encrypts mail on its way through Postfix or Sendmail, as a milter.")
        {
            config,
            ServeCommand.Create(config),
            KeyHolderCommand.Create(config),
            CheckCommand.Create(config),
            KeysCommand.Create(config),
            HeldCommand.Create(config),
            EncryptCommand.Create(config),
            ExplainCommand.Create(config),
            TraceCommand.Create(config),
            ReportCommand.Create(),
            ProbeCommand.Create(),
            SopCommand.Create(arguments),
            VersionCommand.Create(),
        };
    }

    /// <summary>Says why on standard error.</summary>
    internal static int Say(string message, int exitCode)
    {
        foreach (string line in message.Split('\n'))
            Console.Error.WriteLine($"miltercrypt: {line}");
        return exitCode;
    }
}
