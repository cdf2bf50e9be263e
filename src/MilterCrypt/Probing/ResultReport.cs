using System.Globalization;
using System.Text;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Client;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Probing;

/// <summary>Writes what became of a message: the verdict, what the SMTP client is told, and the message that results.</summary>
internal sealed class ResultReport(TextWriter output, MtaHabits mta, ClientMessage message)
{
    /// <summary>Writes it.</summary>
    public void Write(ClientResult result)
    {
        output.WriteLine($"verdict: {Verdict(result)}");
        foreach (string line in (result.Reply ?? "").Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
            output.WriteLine($"  {PrintableText.Of(line)}");
        if (message.Recipients.Count > 1)
            WriteRefusals(result);
        if (result.Outcome is not (ClientOutcome.Delivered or ClientOutcome.Held))
            return;

        WriteEnvelope(result);
        WriteHeader(result);
        output.WriteLine(Body(message.Body, result));
    }

    private static string Verdict(ClientResult result) => result.Outcome switch
    {
        ClientOutcome.Delivered => "delivered; the SMTP client is told 250",
        ClientOutcome.Held => $"on hold ({PrintableText.Of(result.QuarantineReason ?? "")}); the SMTP client is told 250",
        ClientOutcome.Discarded => "discarded; the SMTP client is told 250, and nobody gets the message",
        ClientOutcome.Refused => "refused for good; the SMTP client is told",
        ClientOutcome.Deferred => "refused for now; the SMTP client is told",
        _ => "refused, and the MTA hangs up; the SMTP client is told",
    };

    private void WriteRefusals(ClientResult result)
    {
        foreach (var (recipient, answer) in message.Recipients.Zip(result.Recipients))
        {
            if (mta.ReplyText(answer) is { } reply)
                output.WriteLine($"  RCPT {PrintableText.Of(recipient)} is told {PrintableText.Of(reply.Replace("\r\n", " | ", StringComparison.Ordinal))}");
        }
    }

    private void WriteEnvelope(ClientResult result)
    {
        output.WriteLine("envelope");
        if (result.EnvelopeSender != message.Sender)
            output.WriteLine($"  - from {PrintableText.Of(message.Sender)}");
        output.WriteLine($"  {(result.EnvelopeSender == message.Sender ? ' ' : '+')} from {PrintableText.Of(result.EnvelopeSender)}");
        foreach (string gone in message.Recipients.Except(result.EnvelopeRecipients))
            output.WriteLine($"  - to {PrintableText.Of(gone)}");
        foreach (string there in result.EnvelopeRecipients)
            output.WriteLine($"  {(message.Recipients.Contains(there) ? ' ' : '+')} to {PrintableText.Of(there)}");
    }

    private void WriteHeader(ClientResult result)
    {
        var lines = HeaderDiff.Of(result.OriginalHeader, result.Header);
        output.WriteLine(lines.All(line => line.Mark == ' ') ? "header unchanged" : "header");
        foreach ((char mark, HeaderField field) in lines)
        {
            string name = PrintableText.Of(field.Name);
            string[] folds = Encoding.UTF8.GetString(field.Value.Span).Split('\n');
            output.WriteLine($"  {mark} {name}:{PrintableText.Of(folds[0])}");
            foreach (string fold in folds.Skip(1))
                output.WriteLine($"  {mark} {PrintableText.Of(fold.Replace('\t', ' '))}");
        }
    }

    private static string Body(ReadOnlyMemory<byte> before, ClientResult result)
    {
        if (before.Span.SequenceEqual(result.Body.Span))
            return string.Create(CultureInfo.InvariantCulture, $"body unchanged: {before.Length} bytes");
        return string.Create(CultureInfo.InvariantCulture, $"body replaced: {before.Length} -> {result.Body.Length} bytes");
    }
}
