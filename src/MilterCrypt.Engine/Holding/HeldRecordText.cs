using System.Globalization;
using System.Net;
using System.Text.Json;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Holding;

/// <summary>A held message's record as the line of JSON that its file begins with.</summary>
internal static class HeldRecordText
{
    private const int Version = 1;

    /// <summary>The line, without its end.</summary>
    internal static byte[] Write(HeldRecord record)
    {
        var envelope = record.Envelope;
        return HeldJson.Write(json =>
        {
            json.WriteNumber("held", Version);
            json.WriteString("queueId", record.QueueId);
            json.WriteString("at", record.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("sender", envelope.SenderText);
            json.WriteString("givenSender", envelope.GivenSender);
            json.WriteStrings("arguments", envelope.SenderArguments);
            json.WriteString("user", envelope.AuthenticatedUser);
            json.WriteString("client", envelope.Client?.ToString());
            if (envelope.Tls is { } tls)
                json.WriteBoolean("tls", tls);
            json.WriteBoolean("local", envelope.IsLocalSubmission);
            json.WriteBoolean("egress", envelope.IsEgress);
            if (envelope.IdentityIsLost)
                json.WriteBoolean("identityLost", true);
            json.WriteBoolean("trusted", envelope.MayUseSecretKeys);
            if (envelope.Trace is { } trace)
                WriteTrace(json, trace);
            json.WriteStrings("escrow", record.Escrow.Select(static key => key.ToString()));
            json.WriteStartArray("recipients");
            foreach (var recipient in record.Recipients)
                WriteRecipient(json, recipient);
            json.WriteEndArray();
        });
    }

    /// <summary>Reads the line.</summary>
    /// <returns>Null where it is none.</returns>
    internal static HeldRecord? Read(ReadOnlyMemory<byte> line) => HeldJson.Read(line, static root =>
    {
        if (root.GetProperty("held").GetInt32() != Version)
            return null;
        var envelope = new Envelope(HeldJson.Text(root, "sender"), HeldJson.TextOrNull(root, "user"), canRefuseRecipients: true)
        {
            GivenSender = HeldJson.Text(root, "givenSender"),
            SenderArguments = HeldJson.Texts(root, "arguments"),
            Client = HeldJson.TextOrNull(root, "client") is { } client ? IPAddress.Parse(client) : null,
            Tls = root.TryGetProperty("tls", out var tls) ? tls.GetBoolean() : null,
            IsLocalSubmission = root.GetProperty("local").GetBoolean(),
            IsEgress = root.GetProperty("egress").GetBoolean(),
            IdentityIsLost = root.TryGetProperty("identityLost", out var lost) && lost.GetBoolean(),
            MayUseSecretKeys = root.GetProperty("trusted").GetBoolean(),
            Trace = root.TryGetProperty("trace", out var trace) ? ReadTrace(trace) : null,
        };
        var at = DateTimeOffset.ParseExact(HeldJson.Text(root, "at"), "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
        Fingerprint[] escrow = [.. HeldJson.Texts(root, "escrow").Select(static key => Fingerprint.TryParse(key, out var known) ? known : throw new FormatException())];
        HeldRecipient[] recipients = [.. root.GetProperty("recipients").EnumerateArray().Select(ReadRecipient)];
        return recipients.Length == 0 || envelope.HasNullSender ? null : new HeldRecord(HeldJson.Text(root, "queueId"), at, envelope, recipients, escrow);
    });

    private static void WriteTrace(Utf8JsonWriter json, TraceInformation trace)
    {
        json.WriteStartObject("trace");
        json.WriteString("host", trace.Host);
        json.WriteString("client", trace.ClientAddress?.ToString());
        json.WriteString("helo", trace.Helo);
        json.WriteString("clientHost", trace.ClientHost);
        json.WriteBoolean("tls", trace.Protection.Tls);
        json.WriteBoolean("authenticated", trace.Protection.Authenticated);
        json.WriteEndObject();
    }

    private static TraceInformation ReadTrace(JsonElement trace) =>
        new(HeldJson.Text(trace, "host"), HeldJson.TextOrNull(trace, "client") is { } client ? IPAddress.Parse(client) : null)
        {
            Helo = HeldJson.Text(trace, "helo"),
            ClientHost = HeldJson.Text(trace, "clientHost"),
            Protection = (trace.GetProperty("tls").GetBoolean(), trace.GetProperty("authenticated").GetBoolean()),
        };

    private static void WriteRecipient(Utf8JsonWriter json, HeldRecipient recipient)
    {
        json.WriteStartObject();
        json.WriteString("address", recipient.Recipient.Address);
        json.WriteString("given", recipient.Recipient.Given);
        json.WriteStrings("arguments", recipient.Recipient.Arguments);
        json.WriteString("rule", recipient.Rule);
        json.WriteString("reason", recipient.Reason);
        json.WriteEndObject();
    }

    private static HeldRecipient ReadRecipient(JsonElement recipient) => new(
        new EnvelopeRecipient(HeldJson.Text(recipient, "address"))
        {
            Given = HeldJson.Text(recipient, "given"),
            Arguments = HeldJson.Texts(recipient, "arguments"),
        },
        HeldJson.Text(recipient, "rule"),
        HeldJson.Text(recipient, "reason"));
}
