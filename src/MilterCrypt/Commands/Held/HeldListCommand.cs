using System.CommandLine;
using System.Globalization;
using MilterCrypt.Engine;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Held;

/// <summary>`held list`: what is held, a line a message, or as JSON.</summary>
internal static class HeldListCommand
{
    public static Command Create(Option<string> config)
    {
        var json = new Option<bool>("--json") { Description = "Writes a JSON array" };
        var command = new Command("list", "Lists what is held, the oldest first: ID, time, sender, recipients, and whether it could go now, or why not.") { json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(config), parsed.GetValue(json), parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    /// <summary>What would become of each recipient, in a word or few.</summary>
    public static IEnumerable<(HeldRecipient Recipient, string State, bool CanGo)> Foresee(HeldRelease release, HeldFile held) =>
        held.Left.Zip(release.Foresee(held), static (recipient, outcome) => outcome switch
        {
            RecipientOutcome.Accepted { Form: MessageForm.Held } waiting => (recipient, waiting.Reason ?? "no key", false),
            RecipientOutcome.Accepted accepted => (recipient, $"can go ({FormWords.Of(accepted.Form)})", true),
            RecipientOutcome.Pending => (recipient, "hangs on its content", true),
            RecipientOutcome.Refused refused => (recipient, refused.Reason, false),
            _ => (recipient, "not known", false),
        });

    private static async Task<int> RunAsync(string file, bool asJson, TextWriter output, CancellationToken cancellationToken)
    {
        await using var workshop = await HeldWorkshop.OpenAsync(file, cancellationToken);
        var release = workshop.Forecast();
        int written = 0, bad = 0;
        foreach (string id in workshop.Folder.Ids())
        {
            try
            {
                // It may have been released meanwhile.
                if (workshop.Folder.Find(id) is not { } held)
                    continue;
                await output.WriteLineAsync(asJson ? (written++ == 0 ? "[" : ",") + Json(held, release) : Line(held, release));
            }
            catch (HoldingException e)
            {
                bad++;
                await Console.Error.WriteLineAsync($"miltercrypt: {e.Message}");
            }
        }
        if (asJson)
            await output.WriteLineAsync(written == 0 ? "[]" : "]");
        return bad == 0 ? ExitCode.Ok : ExitCode.InputOutput;
    }

    private static string Line(HeldFile held, HeldRelease release)
    {
        string to = string.Join(' ', Foresee(release, held).Select(static one => $"<{PrintableText.Of(one.Recipient.Recipient.Address)}>: {PrintableText.Of(one.State)};")).TrimEnd(';');
        return $"{held.Id}  {Iso(held.Record.At)}  <{PrintableText.Of(held.Record.Envelope.SenderText)}>  {to}";
    }

    private static string Json(HeldFile held, HeldRelease release) => JsonText.OfObject(json =>
    {
        json.WriteString("id", held.Id);
        json.WriteString("at", Iso(held.Record.At));
        json.WriteString("queueId", held.Record.QueueId);
        json.WriteString("sender", held.Record.Envelope.SenderText);
        json.WriteNumber("bytes", held.Length);
        json.WriteStartArray("recipients");
        foreach (var (recipient, state, canGo) in Foresee(release, held))
        {
            json.WriteStartObject();
            json.WriteString("address", recipient.Recipient.Address);
            json.WriteString("rule", recipient.Rule);
            json.WriteString("heldFor", recipient.Reason);
            json.WriteString("now", state);
            json.WriteBoolean("canGo", canGo);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
