using System.Text;

namespace MilterCrypt.Engine.Mail.Reports;

/// <summary>What a message's header says of the report in its body (RFC 6522 §3).</summary>
/// <param name="Kind">What is reported.</param>
/// <param name="Boundary">What divides its parts.</param>
internal sealed record ReportStructure(ReportKind Kind, string Boundary)
{
    /// <summary>Reads it. Whatever readers might understand differently is no report.</summary>
    internal static ReportStructure? Read(IReadOnlyList<HeaderField> header)
    {
        if (Sole(header) is not { MediaType: "multipart/report" } type || !IsUnencoded(header) || BoundaryOf(type) is not { } boundary)
            return null;
        return type.Parameters.TryGetValue("report-type", out string? reported) && KindOf(reported) is { } kind
            ? new ReportStructure(kind, boundary)
            : null;
    }

    /// <summary>The one Content-Type; null where there is none, more than one, or one that can't be read.</summary>
    internal static ContentType? Sole(IReadOnlyList<HeaderField> header)
    {
        var types = header.Where(static field => field.Is("Content-Type")).Take(2).ToList();
        return types.Count == 1 ? ContentType.Parse(types[0].Value.Span) : null;
    }

    /// <summary>Whether the bytes are the content itself (RFC 2045 §6.2).</summary>
    internal static bool IsUnencoded(IReadOnlyList<HeaderField> header) =>
        header.Where(static field => field.Is("Content-Transfer-Encoding"))
            .All(static field => AsciiCase.ToLower(Encoding.Latin1.GetString(field.Value.Span).Trim()) is "7bit" or "8bit" or "binary");

    private static ReportKind? KindOf(string reported) => AsciiCase.ToLower(reported) switch
    {
        "delivery-status" => ReportKind.DeliveryStatus,
        "disposition-notification" => ReportKind.Disposition,
        _ => null,
    };

    /// <summary>RFC 2046 §5.1.1: at most 70 characters of a small set, no blank at the end.</summary>
    private static string? BoundaryOf(ContentType type) =>
        type.Parameters.TryGetValue("boundary", out string? boundary)
        && boundary.Length is > 0 and <= 70 && boundary[^1] != ' '
        && boundary.All(static c => char.IsAsciiLetterOrDigit(c) || " '()+_,-./:=?".Contains(c, StringComparison.Ordinal))
            ? boundary
            : null;
}
