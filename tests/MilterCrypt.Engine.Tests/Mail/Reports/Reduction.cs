using System.Buffers;
using System.Text;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Mail.Reports;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Engine.Tests.Mail.Reports;

/// <summary>Runs messages through the reducer.</summary>
internal static class Reduction
{
    public const string Host = "mail.example.org";

    public static byte[] Vector(string name) => File.ReadAllBytes(Repository.PathOf($"tests/vectors/reports/{name}"));

    public static ReducedMessage Reduce(Letter letter, int piece = int.MaxValue)
    {
        using var reducer = ReportReducer.Begin(letter.Header, Host);
        foreach (byte[] part in letter.Body.Chunk(Math.Min(piece, Math.Max(1, letter.Body.Length))))
            reducer.Write(part);
        return reducer.Complete();
    }

    public static ReducedMessage Reduce(string message) => Reduce(Letter.Read(message));

    /// <summary>The message as a recipient gets it.</summary>
    public static string Whole(this ReducedMessage reduced, IReadOnlyList<HeaderField> header)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var field in reduced.Changes.Apply(header))
            field.WriteTo(output);
        return Encoding.Latin1.GetString(output.WrittenSpan) + "\r\n" + reduced.Text();
    }

    public static string Text(this ReducedMessage reduced) => Encoding.Latin1.GetString(reduced.Body.Span);

    /// <summary>A delivery report with these parts, its boundary being "b".</summary>
    public static string Report(string groups, string returned = "Date: Tue, 24 Nov 2026 10:59:59 +0100\n\nbody", string type = "delivery-status") => $"""
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type={type}; boundary=b

        --b

        for people
        --b
        Content-Type: message/{type}

        {groups}
        --b
        Content-Type: message/rfc822

        {returned}
        --b--

        """;
}
