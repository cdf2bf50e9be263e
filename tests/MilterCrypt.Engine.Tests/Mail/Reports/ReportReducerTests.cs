using System.Text;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Mail.Reports;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Engine.Tests.Mail.Reports;

public sealed class ReportReducerTests
{
    private const string Group = "Final-Recipient: rfc822; bob@example.org\nAction: failed\nStatus: 5.1.1\n";

    public static TheoryData<string> Vectors =>
        [.. Directory.GetFiles(Repository.PathOf("tests/vectors/reports"), "*.eml").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Vectors))]
    public void WhatIsLeftOfAMessageIsWhatItsVectorSays(string name)
    {
        var letter = Letter.Read(Reduction.Vector($"{name}.eml"));
        string whole = Reduction.Reduce(letter).Whole(letter.Header);
        Assert.Equal(Encoding.Latin1.GetString(Reduction.Vector($"{name}.reduced")), whole);
        Assert.DoesNotContain("FALCON", whole, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("KESTREL", whole, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void HoweverTheBodyIsCutTheSameIsLeft(string name)
    {
        var letter = Letter.Read(Reduction.Vector($"{name}.eml"));
        string whole = Reduction.Reduce(letter).Whole(letter.Header);
        foreach (int piece in (int[])[1, 2, 3, 7, 64, 1000])
            Assert.Equal(whole, Reduction.Reduce(letter, piece).Whole(letter.Header));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void AMessageThatIsCutOffAnywhereTellsNothingOfItsContent(string name)
    {
        var letter = Letter.Read(Reduction.Vector($"{name}.eml"));
        string full = Reduction.Reduce(letter).Text();
        for (int length = 0; length < letter.Body.Length; length++)
        {
            var cut = Reduction.Reduce(letter with { Body = letter.Body[..length] });
            AssertIsPlainAscii(cut);
            Assert.DoesNotContain("FALCON", cut.Text(), StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("KESTREL", cut.Text(), StringComparison.OrdinalIgnoreCase);
            Assert.True(!cut.IsReport || cut.Text() == full, $"half a report is taken for one, at {length}");
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void NoMutationBringsTheContentOut(string name)
    {
        var letter = Letter.Read(Reduction.Vector($"{name}.eml"));
        var random = new Random(7);
        for (int i = 0; i < 3000; i++)
        {
            byte[] body = [.. letter.Body];
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                int at = random.Next(body.Length);
                switch (random.Next(3))
                {
                    case 0:
                        body[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        body = [.. body[..at], .. body[Math.Min(body.Length, at + random.Next(1, 40))..]];
                        break;
                    default:
                        body = [.. body[..at], .. random.GetItems("\r\n\n:-- \t"u8.ToArray(), random.Next(1, 4)), .. body[at..]];
                        break;
                }
                if (body.Length == 0)
                    break;
            }
            var reduced = Reduction.Reduce(letter with { Body = body });
            AssertIsPlainAscii(reduced);
            Assert.DoesNotContain("FALCON", reduced.Text(), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("multipart/mixed; boundary=b")]
    [InlineData("multipart/report; boundary=b")]
    [InlineData("multipart/report; report-type=feedback-report; boundary=b")]
    [InlineData("multipart/report; report-type=disposition-notification; boundary=b")]
    [InlineData("multipart/report; report-type=delivery-status")]
    [InlineData("multipart/report; report-type=delivery-status; boundary=b; boundary=c")]
    [InlineData("multipart/report; report-type=delivery-status; boundary=b\nContent-Type: text/plain")]
    [InlineData("multipart/report; report-type=delivery-status; boundary=b\nContent-Transfer-Encoding: base64")]
    [InlineData("multipart/report; report-type=delivery-status; boundary=\"b@\"")]
    [InlineData("multipart/report; report-type=delivery-status; boundary=0123456789012345678901234567890123456789012345678901234567890123456789x")]
    public void WhatIsNoReportByItsHeaderIsANoticeAlone(string type)
    {
        string message = Reduction.Report(Group);
        Assert.True(Reduction.Reduce(message).IsReport);
        AssertIsNotice(message.Replace("multipart/report; report-type=delivery-status; boundary=b", type, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("message/delivery-status", "message/rfc822")]
    [InlineData("message/delivery-status", "message/delivery-status\nContent-Transfer-Encoding: base64")]
    [InlineData("message/delivery-status", "message/delivery-status\nContent-Type: text/plain")]
    [InlineData("message/delivery-status", "message/delivery-status\nno field")]
    [InlineData("for people\n--b", "for people")]
    [InlineData("--b--", "--b\n\na part too many\n--b--")]
    [InlineData("--b--", "--c--")]
    [InlineData("Status: 5.1.1", "Status: 5.1.1\nfalcon")]
    [InlineData("Status: 5.1.1", "Status: 5.1.1\n--d:")]
    [InlineData("Final-Recipient: rfc822; bob@example.org\nAction: failed\nStatus: 5.1.1", "X-Note: nothing that is kept")]
    public void WhatIsNoReportByItsPartsIsANoticeAlone(string was, string becomes) =>
        AssertIsNotice(Reduction.Report(Group).ReplaceLineEndings("\n").Replace(was, becomes, StringComparison.Ordinal));

    [Fact]
    public void APartWithinAPartIsNoPartOfTheReport()
    {
        string nested = "Content-Type: multipart/report; report-type=delivery-status; boundary=bb\n\n--bb\n--bb\n" +
            "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; falcon@example.org\n--bb--";
        string text = Reduction.Reduce(Reduction.Report(Group).Replace("for people", nested, StringComparison.Ordinal)).Text();
        Assert.Contains("bob@example.org", text, StringComparison.Ordinal);
        Assert.DoesNotContain("falcon", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AReturnedMessageThatPlaysTheReportIsNotBelieved()
    {
        // Whoever guesses the boundary gets a notice, not another report.
        string returned = "From: a@b.example\n\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; falcon@example.org";
        AssertIsNotice(Reduction.Report(Group, returned));
    }

    [Theory]
    [InlineData("X-Secret: falcon")]
    [InlineData("Diagnostic-Code: x-unix; falcon")]
    [InlineData("Diagnostic-Code: falcon")]
    [InlineData("Status: falcon")]
    [InlineData("Action: falcon")]
    [InlineData("Final-Recipient: rfc822; the falcon flies")]
    [InlineData("Original-Recipient: falcon")]
    [InlineData("Arrival-Date: falcon")]
    [InlineData("Remote-MTA: dns; \"falcon\"")]
    [InlineData("Reporting-UA: falcon")]
    [InlineData("Original-Envelope-Id: the falcon flies")]
    [InlineData("Action: failed falcon")]
    [InlineData("Status: 5.1.1 (falcon)")]
    [InlineData("Remote-MTA: dns; mx.example.org (falcon)")]
    [InlineData("Arrival-Date: Tue, 24 Nov 2026 10:59:59 +0100 (falcon)")]
    public void WhatDoesNotLookLikeItsFieldIsLeftOut(string field)
    {
        string text = Reduction.Reduce(Reduction.Report($"Reporting-MTA: dns; mail.example.org\n\n{field}\nFinal-Recipient: rfc822; bob@example.org\n")).Text();
        Assert.Contains("Final-Recipient: rfc822; bob@example.org", text, StringComparison.Ordinal);
        Assert.DoesNotContain("falcon", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Disposition: automatic-action/MDN-sent-automatically; processed/error", true)]
    [InlineData("Disposition: manual-action/MDN-sent-manually; falcon", false)]
    [InlineData("Original-Message-ID: <64@example.org>", true)]
    [InlineData("Original-Message-ID: <the falcon>", false)]
    [InlineData("Error: falcon", false)]
    [InlineData("Diagnostic-Code: smtp; falcon", false)]
    public void OfAReceiptItsOwnFieldsAreKept(string field, bool isKept)
    {
        string text = Reduction.Reduce(Reduction.Report($"Final-Recipient: rfc822; bob@example.org\n{field}\n", type: "disposition-notification")).Text();
        Assert.Contains("Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; bob@example.org\r\n", text, StringComparison.Ordinal);
        Assert.Equal(isKept, text.Replace("\r\n ", " ", StringComparison.Ordinal).Contains($"{field}\r\n", StringComparison.Ordinal));
        Assert.DoesNotContain("falcon", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AReplyThatIsLongIsCut()
    {
        string text = Reduction.Reduce(Reduction.Report($"{Group}Diagnostic-Code: smtp; 550 {string.Concat(Enumerable.Repeat("word ", 200))}\n")).Text();
        Assert.InRange(text.Split("word").Length, 30, 42);
        Assert.Contains(" ...\r\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("From: a@b.example\nno field, but falcon\nTo: falcon@b.example\n\nfalcon", "From: a@b.example")]
    [InlineData("From: a@b.example\nSubject: falcon\nX-Falcon: falcon@b.example\nTo: c@d.example\nTo: falcon@d.example\n\nfalcon", "From: a@b.example\r\nTo: c@d.example")]
    [InlineData("Date: on falcon's day\nMessage-ID: falcon@x\nFrom: falcon\nCc: Falcon <c@d.example> (falcon)\n\nTo: falcon@b.example", "Cc: c@d.example")]
    public void OfTheReturnedMessageItsHeadersAddressesDateAndNameAreKept(string returned, string kept)
    {
        string text = Reduction.Reduce(Reduction.Report(Group, returned)).Text();
        Assert.Contains($"Content-Type: text/rfc822-headers; charset=us-ascii\r\n\r\n{kept}\r\n\r\n--", text, StringComparison.Ordinal);
        Assert.DoesNotContain("falcon", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void AReportWithoutReturnedMessageHasTwoParts()
    {
        string message = Reduction.Report(Group).ReplaceLineEndings("\n");
        int third = message.LastIndexOf("--b\n", StringComparison.Ordinal);
        var reduced = Reduction.Reduce(message[..third] + "--b--\n");
        Assert.True(reduced.IsReport);
        Assert.DoesNotContain("rfc822-headers", reduced.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void NoNameOfTheHostAddsToTheNotice()
    {
        using var reducer = ReportReducer.Begin([], "x\r\n--evil");
        Assert.Contains("encryption filter of\r\nthis host,\r\n", reducer.Complete().Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void TheHeaderSaysOfTheContentWhatTheContentIsNow()
    {
        var letter = Letter.Read("Subject: s\nContent-Language: de\nContent-Type: text/html\nX-Kept: 1\nContent-Transfer-Encoding: base64\nContent-Type: a/b\n\nPHA+");
        Assert.Equal(
            ["Subject", "Content-Type", "X-Kept", "MIME-Version"],
            Reduction.Reduce(letter).Changes.Apply(letter.Header).Select(field => field.Name));
    }

    private static void AssertIsNotice(string message)
    {
        var reduced = Reduction.Reduce(message);
        Assert.False(reduced.IsReport);
        Assert.StartsWith("This message's content was removed by the mail encryption filter of\r\nmail.example.org,\r\n", reduced.Text(), StringComparison.Ordinal);
        Assert.Equal(5, reduced.Text().Count(c => c == '\n'));
        Assert.Contains(reduced.Changes, change => change is HeaderChange.Replace replace && replace.Value.Span.SequenceEqual(" text/plain; charset=us-ascii"u8));
    }

    private static void AssertIsPlainAscii(ReducedMessage reduced)
    {
        Assert.All(reduced.Text().Split("\r\n"), line =>
        {
            Assert.True(line.All(c => c is >= ' ' and <= '~'), line);
            Assert.InRange(line.Length, 0, 998);
        });
        Assert.InRange(reduced.Body.Length, 1, 60 * 1024);
    }
}
