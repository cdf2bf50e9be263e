using System.Globalization;
using Microsoft.Extensions.Logging;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Telemetry;

namespace MilterCrypt.KeyHolding;

/// <summary>The audit: a line of fixed form for each use of a secret key. What the asker claims can neither begin a line nor a
/// field.</summary>
internal static class KeyAudit
{
    /// <summary>Writes to a log.</summary>
    public static Action<KeyUseFact> To(ILogger logger) => fact => logger.KeyUsed(
        fact.Operation == KeyOperation.Sign ? "sign" : "open",
        string.Join('+', fact.Keys),
        fact.Hash?.ToString().ToUpperInvariant() ?? "-",
        Field(fact.Use.MessageId),
        Field(fact.Use.For),
        fact.Asker.User,
        fact.Asker.Process,
        fact.Outcome switch { KeyUseOutcome.Done => "done", KeyUseOutcome.Refused => "refused", _ => "no-such-key" });

    private static string Field(string claim)
    {
        string text = claim.AsSpan().ContainsAny(" ,\\") ? string.Concat(claim.Select(Escaped)) : claim;
        return text.Length == 0 ? "-" : PrintableText.Of(text);
    }

    private static string Escaped(char c) => c is ' ' or ',' or '\\'
        ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")
        : c.ToString();
}
