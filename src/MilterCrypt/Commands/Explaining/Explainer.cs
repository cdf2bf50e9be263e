using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Configuration;
using MilterCrypt.Daemon;
using MilterCrypt.Engine;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Mail;
using MilterCrypt.KeyHolding;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Explaining;

/// <summary>Shows a message to the engine as the daemon would, rehearsing, and keeps what came of each step.</summary>
internal static class Explainer
{
    private static readonly TimeProvider Clock = TimeProvider.System;

    /// <exception cref="CommandException">The message can't be read.</exception>
    /// <exception cref="SecretKeyException">A key of the hops can't be read.</exception>
    public static async Task<Explanation> ExplainAsync(Settings settings, KeyLookup keys, ExplainOrder order, CancellationToken cancellationToken)
    {
        using var random = RandomNumberGenerator.Create();
        using var hops = SecretKeyOpening.ReadHopKeys(settings.HopKeys);
        await using var journal = HandoverJournal.InMemory(new JournalOptions(), Clock, random);
        await using var secrets = settings.SecretKeys is { } custody ? new AskedKeys(custody, Clock, random) : null;
        var budget = new SpoolBudget(settings.Spool.Memory, settings.Spool.Disk);
        var processor = new ProcessorMeans(keys.Find, budget, Clock, random)
        {
            Hops = hops,
            Journal = journal,
            OwnKeys = secrets is null ? null : new OwnKeys(secrets, keys.CertificateOf, static _ => [], settings.Signers),
            Rehearses = true,
        }.For(settings);

        await using var original = order.Message is { } file ? await OpenAsync(file, settings.Limits.Header, cancellationToken) : null;
        await using var message = processor.Begin(EnvelopeOf(settings, order));
        var told = order.To.Select(static address => new EnvelopeRecipient(address)).Select(recipient => (recipient, message.AddRecipient(recipient))).ToList();
        var end = new ExplainedEnd(order.Message is not null);
        // Without a recipient no mail server shows a header.
        if (told.Any(static one => one.Item2 is not RecipientOutcome.Refused))
            await TellAsync(message, original, order, end, cancellationToken);
        end.SecretsOutOfReach = secrets?.Failure;

        var recipients = new RecipientNotes(message, new KeyNotes(keys, Clock.GetUtcNow()), end);
        return new Explanation(order.From, [.. told.Select(one => recipients.Of(one.recipient, one.Item2))], MessageNotes.Of(message, end));
    }

    private static async Task TellAsync(
        FilteredMessage message, MessageStream? original, ExplainOrder order, ExplainedEnd end, CancellationToken cancellationToken)
    {
        end.AtHeader = message.ReadHeader(original?.Header ?? HeaderOf(order));
        if (end.AtHeader is not HeaderOutcome.BodyWanted)
            return;
        try
        {
            // Nobody knows the length of a message that is not there, nor whether it is encrypted already; all else is known with no body.
            if (original is not null || message.Undecided.Count == 0)
                end.AtEnd = await message.ReadBodyAsync(original?.Body ?? PipeReader.Create(Stream.Null), "explained", cancellationToken);
            end.Signing = await message.WhoSignsAsync(cancellationToken);
        }
        catch (SpoolException e)
        {
            throw new CommandException(ExitCode.TryAgain, e.Message);
        }
        catch (SecretKeyException)
        {
            // Kept where they were asked for.
        }
    }

    /// <summary>As <see cref="EngineFilter"/> makes it of what an MTA tells.</summary>
    private static Envelope EnvelopeOf(Settings settings, ExplainOrder order) => new(order.From, order.User, canRefuseRecipients: order.IsEgress || !order.IsLocal)
    {
        MayUseSecretKeys = settings.Listen.Any(listen =>
            listen.Role == (order.IsEgress ? ListenerRole.Egress : ListenerRole.Ingress) && !listen.TrustedPeers.AreNobody),
        IsEgress = order.IsEgress,
        Client = order.Client,
        Tls = order.IsEgress && !order.SaysWho ? null : order.Tls,
        IsLocalSubmission = order.IsLocal,
        // What the command line says of it is what the first hop would have proven.
        IdentityIsOpen = order is { IsEgress: true, SaysWho: false, Message: not null } && settings.HopKeys.Count > 0,
    };

    /// <summary>The fields of the command line; who writes and to whom, where nothing else is said, are those of the envelope.</summary>
    private static List<HeaderField> HeaderOf(ExplainOrder order)
    {
        var fields = order.Header.Select(FieldOf).ToList();
        if (order.From.Length > 0 && !fields.Any(static field => field.Is("From")))
            fields.Add(FieldOf($"From: {order.From}"));
        if (!fields.Any(static field => field.Is("To")))
            fields.Add(FieldOf($"To: {string.Join(", ", order.To)}"));
        return fields;
    }

    private static HeaderField FieldOf(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && text.AsSpan(0, colon).IndexOfAnyExceptInRange('!', '~') < 0 && text.IndexOfAny(['\r', '\n']) < 0
            ? new HeaderField(text[..colon], Encoding.UTF8.GetBytes(text[(colon + 1)..]))
            : throw new CommandException(ExitCode.Usage, $"'{PrintableText.Of(text)}' is not a header field, such as 'Subject: [secure] hello'");
    }

    private static async Task<MessageStream> OpenAsync(string file, int maxHeader, CancellationToken cancellationToken)
    {
        try
        {
            var stream = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
            return await MessageStream.ReadHeaderAsync(stream, PrintableText.Of(InputReading.NameOf(file)), maxHeader, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.NoInput, $"{PrintableText.Of(file)} can't be read: {e.Message}");
        }
    }
}
