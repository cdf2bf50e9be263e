using System.Text.Json;

namespace MilterCrypt.Commands.Reporting;

/// <summary>A tally for programs.</summary>
internal static class TallyJson
{
    public static string Of(Tally tally, ReportSpan span) => JsonText.OfObject(json =>
    {
        if (span.Since is { } since)
            json.WriteString("since", since.UtcDateTime);
        if (span.Until is { } until)
            json.WriteString("until", until.UtcDateTime);
        json.WriteStartObject("totals");
        foreach (var (outcome, count) in tally.Outcomes)
            json.WriteNumber(outcome, count);
        json.WriteEndObject();
        json.WriteStartArray("refusals");
        foreach (var kind in tally.Kinds)
            Write(json, kind, tally.By);
        json.WriteEndArray();
        json.WriteNumber("others", tally.Others);
    });

    private static void Write(Utf8JsonWriter json, RefusedCount kind, string? by)
    {
        var refused = kind.Refused;
        json.WriteStartObject();
        json.WriteNumber("count", kind.Count);
        if (kind.Last is { } last)
            json.WriteString("last", last.UtcDateTime);
        json.WriteBoolean("wouldBe", refused.WouldBe);
        WriteWhere(json, by is null ? "senderDomain" : "sender", refused.Sender);
        WriteWhere(json, "recipient", refused.Recipient);
        WriteWhere(json, "rule", refused.Rule);
        WriteWhere(json, "reply", refused.Reply);
        WriteWhere(json, "reason", refused.Reason);
        json.WriteEndObject();
    }

    private static void WriteWhere(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }
}
