using System.Text;
using System.Text.RegularExpressions;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop;

/// <summary>Sends odd mail through a mail server with a filter and through one that differs in nothing but having none: mail
/// servers change this and that themselves, so only the two can be compared.</summary>
/// <param name="plainServer">The server without a filter.</param>
/// <param name="plainSink">Its next hop.</param>
/// <param name="filteredServer">The server with the filter.</param>
/// <param name="filteredSink">Its next hop.</param>
internal sealed partial class SameAsUnfiltered(IMailServer plainServer, SmtpSink plainSink, IMailServer filteredServer, SmtpSink filteredSink)
{
    /// <summary>Each message is answered and delivered alike by both servers, byte for byte, but for what a server invents: its
    /// Received field, and a Date and Message-ID where there is none.</summary>
    public async Task AssertAsync(IEnumerable<KeyValuePair<string, byte[]>> messages, string recipient, CancellationToken ct)
    {
        var differences = new List<string>();
        await using var plain = await SmtpConversation.BeginAsync(plainServer.SmtpPort, ct);
        await using var filtered = await SmtpConversation.BeginAsync(filteredServer.SmtpPort, ct);
        int delivered = 0;
        foreach (var (name, message) in messages)
        {
            // The envelope sender tells the copies apart; the message itself must not carry a mark of ours.
            string sender = $"odd-{Guid.NewGuid():N}@sender.example";
            var expected = await plain.SendAsync(sender, [recipient], message, "BODY=8BITMIME");
            var actual = await filtered.SendAsync(sender, [recipient], message, "BODY=8BITMIME");
            if (expected.Last.Code != actual.Last.Code)
                differences.Add($"{name} is answered\n{actual.Last}\ninstead of\n{expected.Last}");
            if (!expected.IsTaken || !actual.IsTaken)
                continue;

            delivered++;
            string without = Comparable(await plainSink.WaitForSenderAsync(sender), message);
            string with = Comparable(await filteredSink.WaitForSenderAsync(sender), message);
            if (without != with)
                differences.Add($"{name} is delivered as\n{with}\ninstead of\n{without}");
        }

        Assert.True(differences.Count == 0, string.Join("\n\n", differences));
        Assert.True(delivered >= 60, $"only {delivered} messages were taken");
    }

    internal static string Comparable(SinkMessage delivered, byte[] sent)
    {
        Assert.StartsWith("Received:", delivered.HeaderText, StringComparison.Ordinal);
        string text = Trace().Replace(Encoding.Latin1.GetString(delivered.Data), "", 1);
        int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        (string header, string body) = end < 0 ? (text, "") : (text[..(end + 2)], text[(end + 2)..]);
        string sentHeader = "\r\n" + Encoding.Latin1.GetString(sent).Split("\r\n\r\n")[0];
        foreach (string name in (string[])["Date", "Message-Id"])
        {
            if (!sentHeader.Contains($"\r\n{name}:", StringComparison.OrdinalIgnoreCase))
                header = Regex.Replace(header, $"(?im)^{name}: .*\r\n", $"{name}: ...\r\n");
        }

        return header + body;
    }

    [GeneratedRegex("^Received:.*\r\n(?:[ \t].*\r\n)*")]
    private static partial Regex Trace();
}
