using System.Text.Json;

namespace MilterCrypt.Commands.Explaining;

/// <summary>An explanation for programs: the same facts, under names that stay.</summary>
internal static class ExplanationJson
{
    public static string Of(Explanation explanation) => JsonText.OfObject(json =>
    {
        json.WriteString("from", explanation.From);
        WriteAll(json, "recipients", explanation.Recipients, Write);
        json.WriteStartObject("message");
        Write(json, explanation.Message);
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, RecipientExplanation recipient)
    {
        json.WriteString("recipient", recipient.Address);
        json.WriteString("outcome", recipient.Outcome);
        json.WriteString("soFar", recipient.SoFar);
        json.WriteString("reason", recipient.Reason);
        json.WriteString("direction", recipient.Direction);
        WriteAll(json, "rules", recipient.Rules, Write);
        WriteAll(json, "keys", recipient.Keys, Write);
        WriteAll(json, "escrow", recipient.Escrow, Write);
        WriteReply(json, recipient.Reply);
        if (recipient.WouldBe is { } forecast)
        {
            json.WriteStartObject("wouldBe");
            json.WriteString("outcome", forecast.Word);
            json.WriteString("reason", forecast.Reason);
            if (forecast.Refusal is { } refusal)
                WriteReply(json, new ReplyNote(refusal, "RCPT"));
            json.WriteEndObject();
        }
        WriteTexts(json, "readdressed", recipient.Readdressed);
    }

    private static void Write(Utf8JsonWriter json, RuleNote rule)
    {
        json.WriteString("name", rule.Name);
        json.WriteNumber("line", rule.Line);
        WriteAll(json, "choices", rule.Choices, static (writer, choice) =>
        {
            writer.WriteString("key", choice.Key);
            writer.WriteString("value", choice.Value);
            writer.WriteString("from", choice.Origin);
            writer.WriteNumber("line", choice.Line);
        });
    }

    private static void Write(Utf8JsonWriter json, KeyNote key)
    {
        json.WriteString("reader", key.Reader);
        json.WriteString("foundFor", key.Under);
        json.WriteString("fingerprint", key.Fingerprint);
        json.WriteString("trust", key.Trust);
        json.WriteString("userId", key.UserId);
        WriteTexts(json, "encryptedTo", key.Subkeys);
        json.WriteString("problem", key.Problem);
    }

    private static void Write(Utf8JsonWriter json, MessageExplanation message)
    {
        json.WriteString("outcome", message.Outcome);
        json.WriteString("reason", message.Reason);
        WriteReply(json, message.Reply);
        WriteAll(json, "forms", message.Forms, static (writer, form) =>
        {
            writer.WriteString("form", form.Form);
            WriteTexts(writer, "recipients", form.Recipients);
            writer.WriteNumber("namelessKeys", form.NamelessKeys);
        });
        if (message.Signing is { } signing)
        {
            json.WriteStartObject("signing");
            json.WriteString("key", signing.Key);
            json.WriteString("userId", signing.UserId);
            json.WriteString("reason", signing.Reason);
            json.WriteEndObject();
        }
        WriteTexts(json, "notes", message.Notes);
    }

    private static void WriteReply(Utf8JsonWriter json, ReplyNote? reply)
    {
        if (reply is null)
            return;
        json.WriteStartObject("reply");
        json.WriteNumber("code", reply.Refusal.Code);
        json.WriteString("status", reply.Refusal.EnhancedStatus);
        json.WriteString("text", reply.Refusal.Text);
        json.WriteString("when", reply.When);
        json.WriteEndObject();
    }

    private static void WriteAll<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
