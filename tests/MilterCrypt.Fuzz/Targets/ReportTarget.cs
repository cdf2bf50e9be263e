using System.Buffers;
using System.Text;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Mail.Reports;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>What is left of a message of which the content must not leave, whoever made it.</summary>
internal static class ReportTarget
{
    private const int MaxHeader = 8 * 1024;
    private const int Run = 16;

    private static readonly byte[] Before = Encoding.ASCII.GetBytes(
        "--=_b\r\n\r\nfor people\r\n--=_b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example.org\r\n\r\n"
        + "Final-Recipient: rfc822; bob@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        + "--=_b\r\nContent-Type: message/rfc822\r\n\r\nFrom: carol@partner.example\r\nMessage-ID: <1@partner.example>\r\n\r\n");

    private static readonly HeaderField[] ReportHeader =
    [
        new("Content-Type", " multipart/report; report-type=delivery-status; boundary=\"=_b\""u8.ToArray()),
    ];

    private static readonly string Honest = Reduce(ReportHeader, [.. Before, .. "\r\n--=_b--\r\n"u8]).Text;
    private static readonly string Notice = Reduce(ReportHeader, []).Text;

    /// <summary>The input as a whole message: whatever it is, what is left is short and plain, and the same however it is cut.</summary>
    public static string Messages(ReadOnlySpan<byte> input)
    {
        var buffer = new ReadOnlySequence<byte>(input.ToArray());
        if (!MessageHeader.TryRead(ref buffer, isComplete: true, MaxHeader, out var header, out _) || header is null)
            return "none";
        byte[] body = buffer.ToArray();
        var (text, isReport) = Reduce(header, body);
        FuzzFailureException.Unless(text.All(c => c is '\r' or '\n' or (>= ' ' and <= '~')), "what is left is not plain");
        FuzzFailureException.Unless(text.Split("\r\n").All(line => line.Length <= 998 && !line.Contains('\n', StringComparison.Ordinal)), "what is left has bad lines");
        FuzzFailureException.Unless(text.Length <= 60 * 1024, "too much is left");
        FuzzFailureException.Unless(isReport || text == Notice, "the notice says more than itself");
        FuzzFailureException.Unless(Reduce(header, body, 1 + (input.Length % 7)).Text == text, "the body's pieces matter");
        return $"{isReport} {text.Split("Recipient: ").Length} {text.Contains("rfc822-headers", StringComparison.Ordinal)}";
    }

    /// <summary>The input as the body of a returned message: nothing depends on it, but whether it is a report at all.</summary>
    public static string ReturnedBodies(ReadOnlySpan<byte> input)
    {
        var (text, isReport) = Reduce(ReportHeader, [.. Before, .. input, .. "\r\n--=_b--\r\n"u8]);
        FuzzFailureException.Unless(text == (isReport ? Honest : Notice), "what is left tells something of the returned body");
        string said = Encoding.Latin1.GetString(input);
        for (int i = 0; i + Run <= said.Length; i++)
        {
            string run = said.Substring(i, Run);
            FuzzFailureException.Unless(
                !text.Contains(run, StringComparison.Ordinal) || Honest.Contains(run, StringComparison.Ordinal) || Notice.Contains(run, StringComparison.Ordinal),
                "bytes of the returned body are left");
        }
        return $"{isReport}";
    }

    private static (string Text, bool IsReport) Reduce(IReadOnlyList<HeaderField> header, byte[] body, int piece = int.MaxValue)
    {
        using var reducer = ReportReducer.Begin(header, "mail.example.org");
        foreach (byte[] part in body.Chunk(Math.Min(piece, Math.Max(1, body.Length))))
            reducer.Write(part);
        var reduced = reducer.Complete();
        return (Encoding.Latin1.GetString(reduced.Body.Span), reduced.IsReport);
    }
}
