using System.Globalization;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Tracing;

/// <summary>What became of a message, for people: a paragraph for each queue id, in it one for each recipient.</summary>
internal static class TraceText
{
    public static string Of(MessageTrace trace)
    {
        var text = new List<string>();
        foreach (string original in trace.Originals)
            text.Add($"{trace.QueueId} is a form of {original}");
        foreach (var message in trace.Lines.GroupBy(static line => line.Id))
            text.AddRange(Of(message.Key, [.. message]));
        if (trace.IsCut)
            text.Add("(there are more lines than are kept)");
        if (trace.Handovers.Count > 0)
        {
            text.Add("The journal");
            text.AddRange(trace.Handovers.Select(static handover => $"  {Of(handover)}"));
        }
        return string.Join('\n', text.Select(PrintableText.Of));
    }

    private static IEnumerable<string> Of(string id, IReadOnlyList<MessageLine> lines)
    {
        string senders = string.Join(", ", lines.Select(static line => $"<{line.Sender}>").Distinct(StringComparer.Ordinal));
        yield return $"{id}, from {senders}";
        var events = lines.SelectMany(static line => line.Recipients.Select(recipient => (recipient, line)));
        foreach (var recipient in events.GroupBy(static one => one.recipient, static one => one.line, StringComparer.Ordinal))
        {
            yield return $"  <{recipient.Key}>";
            foreach (var line in recipient)
                yield return $"    {Time(line.Time)}{What(line)}";
        }
        foreach (var line in lines.Where(static line => line.Unnamed > 0 || line.Recipients.Count == 0))
            yield return $"  {Time(line.Time)}{(line.Unnamed > 0 ? $"{line.Unnamed} more that the log does not name" : "no recipient")}: {What(line)}";
    }

    private static string What(MessageLine line)
    {
        string rule = line.Rule is { Length: > 0 } name ? $" (rule {name})" : "";
        string why = line["reason"] is { } reason ? $": {reason}" : "";
        return line.Outcome switch
        {
            "recipient-refused" => $"refused with {line["reply"]}{rule}{why}",
            "refused" => $"the message was refused with {line["reply"]}{rule}{why}",
            MessageLine.Foreseen => $"under `mode: enforce` it would be {line["would-be"]}{(line["reply"] is { } reply ? $" with {reply}" : "")}{rule}{why}",
            "encrypted" => $"encrypted, {Protection(line)}{rule}",
            "unchanged" => $"left as it came{rule}{why}",
            "decrypted" => $"opened with {line["key"]}, signature {line["signature"] ?? "none"}{rule}",
            "reduced" => $"its content was taken out{rule}",
            "handed-over" => $"handed over as {line["as"] ?? "(the mail server did not say what)"}, {Protection(line)}{Twice(line)}",
            "handed-over-before" => $"handed over at an earlier try, {line["form"]}",
            "split" => $"the message was split into {line["parts"]}{rule}",
            "held" => $"held as {line["as"] ?? "(unknown)"}, for who has {line["keys"]}{rule}{why}",
            "aborted" => $"the mail server gave up{rule}",
            var other => other,
        };
    }

    private static string Protection(MessageLine line)
    {
        if (line["keys"] is not { } keys)
            return $"form {line["form"]}";
        string format = line["format"] is { } its ? $" ({its})" : "";
        return $"form {line["form"]}{format}, keys {keys}, {(line["signed-by"] is { } signer ? $"signed by {signer}" : "not signed")}";
    }

    private static string Twice(MessageLine line) =>
        line["perhaps-twice"] is { } number and not "0" ? $"; {number} may have got it twice" : "";

    private static string Of(HandoverTrace handover)
    {
        string whom = handover.Recipients == 1 ? "1 recipient" : string.Create(CultureInfo.InvariantCulture, $"{handover.Recipients} recipients");
        string state = handover.State == HandoverState.Sending
            ? "its end was sent, and what the mail server answered is not known"
            : $"handed over {Time(handover.HandedOver)}as {handover.InjectedQueueId ?? "(the mail server did not say what)"}";
        string settled = handover.Settled is { } when ? $"; the client was answered {Time(when).TrimEnd()}" : "; the client was not answered for good";
        return $"{handover.QueueId ?? "(no queue id)"}: {handover.Form}, {whom}, begun {Time(handover.Began)}, {state}{settled}";
    }

    private static string Time(DateTimeOffset? time) => time is { } known ? $"{known.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} " : "";
}
