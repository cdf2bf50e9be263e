using System.Globalization;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Explaining;

/// <summary>An explanation in plain sentences.</summary>
internal static class ExplanationText
{
    public static string Of(Explanation explanation)
    {
        var lines = new List<string>();
        foreach (var recipient in explanation.Recipients)
        {
            lines.Add($"<{recipient.Address}>");
            lines.AddRange(Lines(recipient).Select(static line => $"  {line}"));
        }
        lines.Add("The message");
        lines.AddRange(Lines(explanation.Message).Select(static line => $"  {line}"));
        return string.Join('\n', lines.Select(PrintableText.Of));
    }

    private static IEnumerable<string> Lines(RecipientExplanation recipient)
    {
        yield return recipient.Direction is { } direction ? $"The message is {direction}." : "It is not known which way the message goes, or it makes no difference.";
        foreach (var rule in recipient.Rules)
        {
            yield return $"{(recipient.Rules.Count > 1 ? "Perhaps decided" : "Decided")} by {Rule(rule)}:";
            foreach (var choice in rule.Choices.Where(static choice => choice.Origin is not null))
                yield return $"  {choice.Key}: {choice.Value} (from {Entry(choice.Origin!, choice.Line)})";
            yield return $"  by default {string.Join(", ", rule.Choices.Where(static choice => choice.Origin is null).Select(static choice => $"{choice.Key}: {choice.Value}"))}";
        }
        foreach (var key in recipient.Keys)
            yield return Key(key, key.Reader == recipient.Address ? "" : $"{key.Reader} reads its mail: ");
        foreach (var key in recipient.Escrow)
            yield return Key(key, $"Escrow, {key.Reader}: ");
        yield return What(recipient);
        if (recipient.WouldBe is { } forecast)
        {
            string reply = forecast.Refusal is { } refusal ? $" with {refusal.Code} {refusal.EnhancedStatus} {refusal.Text}" : "";
            yield return $"Were it not for `mode: report`, it would be {forecast.Word}{reply}{(forecast.Reason is { } reason ? $" ({reason})" : "")}.";
        }
        if (recipient.Readdressed.Count > 0)
            yield return $"In its place it goes to {string.Join(", ", recipient.Readdressed)}.";
    }

    private static string What(RecipientExplanation recipient)
    {
        string why = recipient.Reason is { } reason ? $" ({reason})" : "";
        return recipient.Outcome switch
        {
            "refused" when recipient.Reply is { } reply => $"Refused at {reply.When}: {reply.Refusal.Code} {reply.Refusal.EnhancedStatus} {reply.Refusal.Text}{why}",
            "refused" => $"Refused with the whole message{why}.",
            "undecided" => $"Not decided: {recipient.Reason}.",
            "left-to-next-hop" => $"It is not refused here{why}; what it gets is decided anew behind the queue, which --egress shows. {SoFar(recipient.SoFar)}",
            "openpgp" => $"It is to be encrypted with OpenPGP{why}.",
            "held" => $"It is to be held, encrypted to the escrow's keys{why}.",
            "headers-only" => $"It gets the message without its content{why}.",
            _ => $"It gets the message unencrypted{why}.",
        };
    }

    private static string SoFar(string? form) => form switch
    {
        "openpgp" => "If the same holds there, it is encrypted with OpenPGP.",
        "held" => "If the same holds there, it is held, encrypted to the escrow's keys.",
        "headers-only" => "If the same holds there, it goes without its content.",
        _ => "If the same holds there, it goes unencrypted.",
    };

    private static string Key(KeyNote key, string whose)
    {
        string under = key.Under == key.Reader ? "" : $", which is {key.Under}'s";
        return key.Fingerprint is null
            ? $"{whose}{(key.Problem is null ? $"No key of {key.Under} is known" : $"The key of {key.Under} can't be used: {key.Problem}")}."
            : $"{whose}Key {key.Fingerprint}{under}, {key.Trust}, user ID \"{key.UserId}\", encrypted to {string.Join(" and ", key.Subkeys)}.";
    }

    private static IEnumerable<string> Lines(MessageExplanation message)
    {
        string why = message.Reason is { } reason ? $" ({reason})" : "";
        yield return message.Outcome switch
        {
            "refused" when message.Reply is { } reply => $"It is refused at the {reply.When}: {reply.Refusal.Code} {reply.Refusal.EnhancedStatus} {reply.Refusal.Text}{why}",
            "refused" => $"It goes nowhere{why}.",
            "unchanged" => $"It goes on as it came{why}.",
            "held" => "It is held, encrypted to the escrow's keys, until there is a key; its client is told that it was taken.",
            "opened" => $"It is opened {message.Reason}.",
            "left-to-next-hop" => "It is left to the hop behind the queue, which decides anew and makes the forms; that is told who hands it in.",
            "undecided" => $"It is not decided what becomes of it{why}.",
            "rewritten" => $"It is rewritten: all get it {Form(message.Forms[0])}.",
            _ => string.Create(CultureInfo.InvariantCulture, $"It is split, and each form handed back to the mail server as a message of its own; there are {message.Forms.Count}:"),
        };
        if (message.Outcome == "split")
        {
            foreach (var form in message.Forms)
                yield return $"  {Form(form)}, to {string.Join(", ", form.Recipients)}";
        }
        if (message.Signing is { } signing)
        {
            yield return signing.Key is not null ? $"It is signed as \"{signing.UserId}\" with {signing.Key}."
                : signing.Reason is { } obstacle ? $"It is not signed: {obstacle}."
                : "It is not signed: no rule asks for it.";
        }
        foreach (string note in message.Notes)
            yield return $"{note}.";
    }

    private static string Form(FormNote form)
    {
        string words = form.Form switch { "openpgp" => "encrypted with OpenPGP", "headers-only" => "without its content", "held" => "held, encrypted to the escrow's keys", _ => "as it came" };
        return form.NamelessKeys == 0 ? words
            : string.Create(CultureInfo.InvariantCulture, $"{words}, {form.NamelessKeys} of its keys without a name, since the header does not name their owners");
    }

    private static string Rule(RuleNote rule) => rule.Line == 0 && rule.Name == "no rule" ? "nothing in the configuration, so that the mail is left alone" : Entry(rule.Name, rule.Line);

    private static string Entry(string name, int line) => line == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}, line {line}");
}
