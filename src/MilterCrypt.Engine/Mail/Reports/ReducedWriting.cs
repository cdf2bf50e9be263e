using System.Text;

namespace MilterCrypt.Engine.Mail.Reports;

/// <summary>Writes what is left of a message.</summary>
internal static class ReducedWriting
{
    // Each line of what stands between is one of the notice's, a field's, a fold, or empty: none begins with two hyphens.
    private const string Boundary = "=_what-is-kept";

    private const string ReportNotice = """
        This report's content was removed by the mail encryption filter of
        {0},
        since mail to this address must be encrypted and no key is known for it.
        What programs read of the report is kept, and the addresses, date and name
        of the message that it is about.

        """;

    private const string OtherNotice = """
        This message's content was removed by the mail encryption filter of
        {0},
        since mail to this address must be encrypted and no key is known for it.
        It was sent without a return address, as automatic replies are, so its
        sender could not be asked for a key.

        """;

    internal static ReducedMessage Report(IReadOnlyList<HeaderField> header, KeptReport report, string host)
    {
        var (reportType, groupsType) = report.Kind == ReportKind.DeliveryStatus
            ? ("delivery-status", "message/delivery-status")
            : ("disposition-notification", "message/disposition-notification");
        var body = new StringBuilder();
        AddPart(body, "text/plain; charset=us-ascii", Notice(ReportNotice, host));
        AddPart(body, groupsType, report.Groups);
        if (report.Returned.Length > 0)
            AddPart(body, "text/rfc822-headers; charset=us-ascii", report.Returned);
        body.Append($"--{Boundary}--\r\n");
        return new ReducedMessage(
            Retype(header, $" multipart/report; report-type={reportType};\n\tboundary=\"{Boundary}\""), Bytes(body.ToString()), IsReport: true);
    }

    internal static ReducedMessage NoticeAlone(IReadOnlyList<HeaderField> header, string host) =>
        new(Retype(header, " text/plain; charset=us-ascii"), Bytes(Notice(OtherNotice, host)), IsReport: false);

    // The empty line before the next boundary belongs to the boundary (RFC 2046 §5.1.1).
    private static void AddPart(StringBuilder body, string type, string content) =>
        body.Append($"--{Boundary}\r\nContent-Type: {type}\r\n\r\n{content}\r\n");

    // Other fields stay. An automatic reply's Subject may quote that of what it answers; this program encrypts no subject, so
    // that one has travelled in clear before.
    private static List<HeaderChange> Retype(IReadOnlyList<HeaderField> header, string type)
    {
        byte[] value = Bytes(type);
        var changes = new List<HeaderChange>();
        bool isTyped = false;
        foreach (var (i, field) in header.Index().Where(static field => field.Item.Name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)))
        {
            bool isType = !isTyped && field.Is("Content-Type");
            changes.Add(isType ? new HeaderChange.Replace(i, value) : new HeaderChange.Delete(i));
            isTyped |= isType;
        }
        if (!header.Any(static field => field.Is("MIME-Version")))
            changes.Add(new HeaderChange.Add("MIME-Version", " 1.0"u8.ToArray()));
        if (!isTyped)
            changes.Add(new HeaderChange.Add("Content-Type", value));
        return changes;
    }

    private static string Notice(string text, string host) =>
        text.ReplaceLineEndings("\r\n").Replace("{0}", IsHostName(host) ? host : "this host", StringComparison.Ordinal);

    private static bool IsHostName(string host) =>
        host.Length is > 0 and <= 75 && host[0] != '-' && host.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
