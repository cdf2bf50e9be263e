using System.Globalization;
using System.Text;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Engine.Injection;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Commands.Held;

/// <summary>Tells a sender that his message is deleted, and who has not got it: a note from the null sender (RFC 3834 §4), without anything of the
/// message, which nobody has opened.</summary>
internal static class HeldNotice
{
    /// <summary>Sends it.</summary>
    /// <exception cref="CommandException">The mail server does not take it.</exception>
    public static async Task SendAsync(HeldFile held, SmtpInjector injector, CancellationToken cancellationToken)
    {
        var envelope = held.Record.Envelope;
        using var lease = await injector.ReserveAsync(1, cancellationToken);
        await using var transaction = lease!.Begin();
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(Text(held).ReplaceLineEndings("\r\n")));
        // An address that is not ASCII needs SMTPUTF8, which the sender's own MAIL FROM asked for.
        string[] arguments = [.. envelope.SenderArguments.Where(static argument => argument.Equals("SMTPUTF8", StringComparison.OrdinalIgnoreCase))];
        var result = await transaction.BringAsync(
            new InjectionEnvelope("", arguments, [new InjectionRecipient(envelope.GivenSender, ["NOTIFY=NEVER"])]), Header(held), body, cancellationToken)
            ?? await transaction.FinishAsync(cancellationToken);
        if (result is not InjectionResult.Accepted)
            throw new CommandException(ExitCode.TryAgain, $"{held.Id} is still held: its sender can't be told now: {result}");
    }

    private static List<HeaderField> Header(HeldFile held) =>
    [
        Field("From", "Mail encryption <postmaster>"),
        Field("To", $"<{held.Record.Envelope.GivenSender}>"),
        Field("Subject", held.State.Sending.Count == 0 ? "Your message was not sent" : "Your message was perhaps not sent"),
        Field("Date", DateTimeOffset.UtcNow.ToString("ddd, d MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture)),
        Field("Auto-Submitted", "auto-replied"),
        Field("MIME-Version", "1.0"),
        Field("Content-Type", "text/plain; charset=utf-8"),
        Field("Content-Transfer-Encoding", "8bit"),
    ];

    private static HeaderField Field(string name, string value) => new(name, Encoding.UTF8.GetBytes(" " + value));

    private static string Text(HeldFile held) => $"""
        Your message of {held.Record.At.UtcDateTime.ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture)} UTC had to be encrypted, and no key was found for:

        {Addresses(held.Left)}

        It waited in encrypted form and was deleted now by the administrator. {Fate(held)}
        If you still want them to have it, ask your administrator to import their keys,
        and send it again.

        """;

    private static string Fate(HeldFile held) => (held.State.Sending.Count, held.State.Left.Count) switch
    {
        (0, _) => "None of\nthese recipients has got it.",
        var (perhaps, all) when perhaps == all => "It was\njust being sent to them; whether they have got it is not known.",
        _ => $"Some of\nthese recipients may have got it, since it was just being sent to them:\n\n{Addresses(held.PerhapsSent)}\n\nThe others have not got it.",
    };

    private static string Addresses(IEnumerable<HeldRecipient> recipients) => string.Join('\n', recipients.Select(static one => $"    <{one.Recipient.Address}>"));
}
