using System.CommandLine;
using System.Security.Cryptography;
using MilterCrypt.Configuration;
using MilterCrypt.Engine;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Commands;

/// <summary>`encrypt`: the filter without a milter. A message comes in on standard input and leaves, as the filter would
/// have made it, on standard output; where it is refused, nothing does.</summary>
internal static class EncryptCommand
{
    /// <summary>The message is held in memory: what it was is needed again where it leaves as it came.</summary>
    private const int MaxMessageBytes = 1024 * 1024 * 1024;

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
        var findKey = keyFiles.Length > 0
            ? await KeyLookup.FromFilesAsync(keyFiles, cancellationToken)
            : await KeyLookup.FromStoreAsync(file, recipients, cancellationToken);
        using var random = RandomNumberGenerator.Create();
        await using var message = BuildProcessor(settings, findKey, random).Begin(envelope);
        foreach (string recipient in recipients)
        {
            if (message.AddRecipient(recipient) is RecipientOutcome.Refused refused)
                throw Refusal(refused.Refusal, recipient);
        }

        await using var input = Console.OpenStandardInput();
        var original = await InputReading.ReadAllAsync(input, "the message", MaxMessageBytes, cancellationToken);
        await using var output = Console.OpenStandardOutput();
        await RewriteAsync(message, original, output, cancellationToken);
        return ExitCode.Ok;
    }

    private static MessageProcessor BuildProcessor(
        Settings settings, Func<MailAddress, DateTimeOffset, KeyAnswer> findKey, RandomNumberGenerator random) => new(
        new PolicyTable(settings.Rules),
        findKey,
        new SpoolOptions(settings.Spool.Directory, settings.Spool.MessageMemory),
        new SpoolBudget(settings.Spool.Memory, settings.Spool.Disk),
        TimeProvider.System,
        random);

    private static async Task RewriteAsync(
        OutgoingMessage message, ReadOnlyMemory<byte> original, Stream output, CancellationToken cancellationToken)
    {
        var whole = WholeMessage.Read(original);
        switch (message.ReadHeader(whole.Header))
        {
            case HeaderOutcome.Unchanged:
                await output.WriteAsync(original, cancellationToken);
                return;
            case HeaderOutcome.Refused refused:
                throw Refusal(refused.Refusal, null);
        }
        try
        {
            switch (await message.ReadBodyAsync(whole.OpenBody(), cancellationToken))
            {
                case MessageOutcome.Unchanged:
                    await output.WriteAsync(original, cancellationToken);
                    return;
                case MessageOutcome.Refused refused:
                    throw Refusal(refused.Refusal, null);
                case MessageOutcome.Rewritten rewritten:
                    await whole.WriteAsync(rewritten, output, cancellationToken);
                    return;
            }
        }
        catch (SpoolException e)
        {
            throw new CommandException(ExitCode.TryAgain, e.Message);
        }
    }

    private static CommandException Refusal(SmtpRefusal refusal, string? recipient) => new(
        refusal.IsTemporary ? ExitCode.TryAgain : ExitCode.Refused,
        $"{(recipient is null ? "" : $"<{PrintableText.Of(recipient)}>: ")}{refusal.Code} {refusal.EnhancedStatus} {refusal.Text}");
}
