using System.Security.Cryptography;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Engine.Injection;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Splitting;

namespace MilterCrypt.Engine;

/// <summary>Releases held messages: opens each, decides about it anew, as about one that just came, and hands over what can go by
/// now. Whoever still has no key stays where he is. One at a time.</summary>
/// <param name="folder">Where they are held.</param>
/// <param name="opener">Opens them; null where nothing is to be released.</param>
/// <param name="processorWith">Makes the processor of the configuration in force.</param>
/// <param name="injector">Brings them to the MTA; likewise.</param>
/// <param name="bccCopies">See <see cref="SplitMeans"/>.</param>
/// <param name="clock">The time.</param>
/// <param name="random">Makes the journal's secret.</param>
public sealed class HeldRelease(
    HeldFolder folder, HeldOpener? opener, Func<SplitMeans, MessageProcessor> processorWith, SmtpInjector? injector, int bccCopies,
    TimeProvider clock, RandomNumberGenerator random)
{
    /// <summary>What would become of each recipient of a message for whom it is held, as far as that can be told without opening it.</summary>
    public IReadOnlyList<RecipientOutcome> Foresee(HeldFile file)
    {
        var processor = processorWith(new SplitMeans(injector, HandoverJournal.InMemory(new JournalOptions(), clock, random), bccCopies) { IsRelease = true });
        // Each by himself: whether they can have it together is not the question.
        return [.. file.Left.Select(recipient => processor.Begin(file.Record.Envelope).AddRecipient(recipient.Recipient))];
    }

    /// <summary>Releases one.</summary>
    /// <param name="file">The message.</param>
    /// <param name="cancellationToken">Gives up; what was handed over is written down.</param>
    /// <exception cref="HoldingException">It can't be opened, or its file not be written.</exception>
    /// <exception cref="SecretKeyException">A secret key can't be used now.</exception>
    /// <exception cref="SpoolException">The disk failed.</exception>
    public async Task<ReleaseResult> ReleaseAsync(HeldFile file, CancellationToken cancellationToken)
    {
        // What can't go anyhow need not be opened.
        var foreseen = Foresee(file);
        if (foreseen.All(static outcome => outcome is RecipientOutcome.Refused or RecipientOutcome.Accepted { Form: MessageForm.Held }))
            return new ReleaseResult([], [.. file.Left.Zip(foreseen, WhyNot)], null);
        var content = await opener!.OpenAsync(file, cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
            return await ReleaseAsync(file, content, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ReleaseResult> ReleaseAsync(HeldFile file, HeldContent content, CancellationToken cancellationToken)
    {
        var envelope = file.Record.Envelope;
        var client = new HandoverClient(envelope.Trace?.ClientAddress, envelope.AuthenticatedUser);
        byte[] secret = new byte[HandoverKeys.SecretLength];
        random.GetBytes(secret);
        var keys = new HandoverKeys(secret);
        var digest = await DigestAsync(file, content, cancellationToken).ConfigureAwait(false);
        var places = file.State.Left.ToLookup(place => keys.KeyOf(client, envelope.GivenSender, file.Record.Recipients[place].Recipient.Given, digest));
        var rows = file.State.Sending.Select(place => new HandoverChange(
            places.First(copy => copy.Contains(place)).Key,
            new HandoverRow(keys.HintOf(client, envelope.GivenSender), HandoverState.Sending, "held", file.Record.QueueId, file.Record.At, TimeSpan.Zero)));

        var log = new ReleaseLog(folder, file, places);
        var journal = new HandoverJournal(log, secret, rows, new JournalClock(clock, TimeSpan.Zero), new JournalOptions());
        await using (journal.ConfigureAwait(false))
        {
            var message = processorWith(new SplitMeans(injector, journal, bccCopies) { IsRelease = true }).Begin(envelope);
            await using (message.ConfigureAwait(false))
                return await SendAsync(file, content, message, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<ReleaseResult> SendAsync(HeldFile file, HeldContent content, FilteredMessage message, CancellationToken cancellationToken)
    {
        var staying = new List<string>();
        foreach (var recipient in file.Left)
        {
            if (message.AddRecipient(recipient.Recipient) is RecipientOutcome.Refused refused)
                staying.Add(WhyNot(recipient, refused));
        }
        MessageOutcome? outcome = null;
        var decided = message.ReadHeader(content.Header);
        if (decided is HeaderOutcome.BodyWanted)
        {
            var body = await content.ReadBodyAsync(cancellationToken).ConfigureAwait(false);
            outcome = await message.ReadBodyAsync(body, file.Record.QueueId, cancellationToken).ConfigureAwait(false);
            await body.CompleteAsync().ConfigureAwait(false);
        }
        staying.AddRange(message.RefusedRecipients.Select(static late => $"<{late.Envelope?.Address}>: {late.Reason}"));
        staying.AddRange(message.Recipients.Where(static one => one.Form == MessageForm.Held).Select(static one => $"<{one.Address}>: {one.Reason}"));
        return outcome switch
        {
            MessageOutcome.HandedOver handed => new ReleaseResult(handed.Parts, staying, null),
            MessageOutcome.Refused refused => new ReleaseResult(refused.Parts, staying, $"{refused.Refusal.Code} {refused.Refusal.EnhancedStatus} {refused.Refusal.Text}"),
            _ => new ReleaseResult([], staying, (decided as HeaderOutcome.Refused)?.Reason ?? "it can't be handed over"),
        };
    }

    private static async Task<MessageContent> DigestAsync(HeldFile file, HeldContent content, CancellationToken cancellationToken)
    {
        using var fingerprint = ContentFingerprint.Begin(content.Header, file.Record.QueueId, ContentFingerprint.FieldsOfOtherFilters);
        var body = await content.ReadBodyAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var piece in BodyPieces.ReadAsync(body, cancellationToken).ConfigureAwait(false))
            fingerprint.Write(piece.Span);
        await body.CompleteAsync().ConfigureAwait(false);
        return fingerprint.Finish();
    }

    private static string WhyNot(HeldRecipient recipient, RecipientOutcome outcome) =>
        $"<{recipient.Recipient.Address}>: {(outcome as RecipientOutcome.Refused)?.Reason ?? (outcome as RecipientOutcome.Accepted)?.Reason}";
}
