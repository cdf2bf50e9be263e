using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Milter.Client;

namespace MilterCrypt.Milter.Tests.Agreement;

/// <summary>All that a message's sender and recipients, and the MTA's administrator, notice of a filter. How often it said that it
/// is at work is its own business.</summary>
internal static class Summary
{
    public static string Of(ClientResult result, MtaHabits mta)
    {
        var text = new StringBuilder();
        text.AppendLine($"outcome: {result.Outcome}");
        text.AppendLine($"reply: {result.Reply ?? "-"}");
        foreach (MilterAnswer answer in result.Recipients)
            text.AppendLine($"RCPT is told {mta.ReplyText(answer) ?? "250"}");
        text.AppendLine($"from: {result.EnvelopeSender}");
        foreach (string recipient in result.EnvelopeRecipients)
            text.AppendLine($"to: {recipient}");
        string[] before = Lines(result.OriginalHeader), after = Lines(result.Header);
        text.AppendLine(before.SequenceEqual(after) ? "header as it was" : "header");
        foreach (string gone in before.Except(after))
            text.AppendLine($"- {gone}");
        foreach (string line in after)
            text.AppendLine($"{(before.Contains(line) ? ' ' : '+')} {line}");
        text.AppendLine($"body: {result.Body.Length} bytes, {Convert.ToHexString(SHA256.HashData(result.Body.Span))}");
        text.AppendLine($"body shown: {(result.BodySent ? "yes" : "no")}");
        text.AppendLine($"quarantine: {result.QuarantineReason ?? "-"}");
        text.AppendLine($"progress: {(result.ProgressCount > 0 ? "yes" : "no")}");
        return text.ToString();
    }

    private static string[] Lines(IReadOnlyList<HeaderField> header) =>
        [.. header.Select(field => $"{field.Name}:{Encoding.UTF8.GetString(field.Value.Span).Replace("\n", " /", StringComparison.Ordinal)}")];
}
