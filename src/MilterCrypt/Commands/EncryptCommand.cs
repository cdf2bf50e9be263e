using System.CommandLine;
using System.Security.Cryptography;
using MilterCrypt.Daemon;
using MilterCrypt.Engine;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>`encrypt`: the filter without a milter. A message comes in on standard input and leaves, as the filter would
/// have made it, on standard output; where it is refused, nothing does.</summary>
internal static class EncryptCommand
{
    public static Command Create(Option<string> config)
    {
        var from = new Option<string>("--from") { Description = "The envelope sender; '' is the null sender", HelpName = "ADDRESS", Required = true };
        var to = new Option<string[]>("--to") { Description = "An envelope recipient; repeatable", HelpName = "ADDRESS", Required = true };
        var user = new Option<string?>("--user") { Description = "The name under which the sender has authenticated", HelpName = "NAME" };
        var keys = new Option<string[]>("--keys") { Description = "Files or folders of keys, in place of the key store; repeatable", HelpName = "PATH" };
        var command = new Command("encrypt", "Reads a message from standard input and writes what the filter would make of it to standard output.") { from, to, user, keys };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(config),
            new Envelope(parsed.GetRequiredValue(from), parsed.GetValue(user), canRefuseRecipients: true),
            parsed.GetRequiredValue(to),
            parsed.GetValue(keys) ?? [],
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string file, Envelope envelope, string[] recipients, string[] keyFiles, CancellationToken cancellationToken)
    {
        var settings = await ConfigurationLoading.LoadAsync(file, cancellationToken);
        await using var keys = await KeyLookup.OpenAsync(file, keyFiles, cancellationToken);
        using var random = RandomNumberGenerator.Create();
        var spool = new SpoolOptions(settings.Spool.Directory, settings.Spool.MessageMemory);
        var budget = new SpoolBudget(settings.Spool.Memory, settings.Spool.Disk);
        var processor = new ProcessorMeans(keys.Find, budget, TimeProvider.System, random).For(settings);
        await using var message = processor.Begin(envelope);
        foreach (string recipient in recipients)
        {
            if (message.AddRecipient(recipient) is RecipientOutcome.Refused refused)
                throw Refusal(refused.Refusal, recipient);
        }

        await using var input = Console.OpenStandardInput();
        await using var original = await MessageStream.ReadHeaderAsync(input, "standard input", settings.Limits.Header, cancellationToken);
        await using var output = Console.OpenStandardOutput();
        switch (message.ReadHeader(original.Header))
        {
            case HeaderOutcome.Unchanged unchanged:
                await original.CopyAsync(unchanged.Header, output, cancellationToken);
                return ExitCode.Ok;
            case HeaderOutcome.Refused refused:
                throw Refusal(refused.Refusal, null);
        }
        try
        {
            var outcome = await original.TellBodyAsync(message, spool, budget, cancellationToken);
            await WriteAsync(outcome, message, original, output, cancellationToken);
            return ExitCode.Ok;
        }
        catch (SpoolException e)
        {
            throw new CommandException(ExitCode.TryAgain, e.Message);
        }
    }

    private static Task WriteAsync(
        MessageOutcome outcome, FilteredMessage message, MessageStream original, Stream output, CancellationToken cancellationToken) => outcome switch
    {
        MessageOutcome.Unchanged unchanged => original.WriteAsItCameAsync(message, unchanged.Header, output, cancellationToken),
        MessageOutcome.Rewritten rewritten => original.WriteAsync(rewritten, output, cancellationToken),
        MessageOutcome.Refused refused => throw Refusal(refused.Refusal, null),
        var unknown => throw new InvalidOperationException($"Nothing to write for {unknown}."),
    };

    private static CommandException Refusal(SmtpRefusal refusal, string? recipient) => new(
        refusal.IsTemporary ? ExitCode.TryAgain : ExitCode.Refused,
        $"{(recipient is null ? "" : $"<{PrintableText.Of(recipient)}>: ")}{refusal.Code} {refusal.EnhancedStatus} {refusal.Text}");
}
