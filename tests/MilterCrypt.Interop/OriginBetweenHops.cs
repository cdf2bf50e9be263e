using System.Buffers;
using System.Net;
using System.Text;
using MilterCrypt.Engine.Hops;
using MilterCrypt.Engine.Mail;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop;

/// <summary>What the first hop says of a message is still true of it behind a real mail server.</summary>
public sealed class OriginBetweenHops
{
    private const string Sender = "alice@example.org";
    private const int MaxHeader = 1 << 20;

    private static readonly OriginFacts Facts = new("alice", IPAddress.Parse("192.0.2.1"), Tls: true, MailWay.Outgoing);

    public static TheoryData<string, string, string> Mails => new()
    {
        { "plain", "", "A line.\r\n\r\nAnother.\r\n" },
        { "8-bit", "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", "Zürich, Käthe\r\n" },
        { "a long folded header", $"References: {string.Join("\r\n ", Enumerable.Range(0, 200).Select(i => $"<{i}.{new string('r', 40)}@example.org>"))}\r\n", "x\r\n" },
        { "a long line in the header", $"Cc: {string.Join(", ", Enumerable.Range(0, 22).Select(i => $"a{i}@{new string('d', 30)}.example"))}\r\n", "x\r\n" },
        { "odd blanks in the header", "X-Note: 1\r\nSubject:no blank  and\ttwo \t\r\n   and a fold  \r\n", "x\r\n" },
        { "beyond ASCII", "Subject: Zürich für jürgen@bücher.example\r\n", "Zürich\r\n" },
        { "no end of line", "", "A line\r\nwithout its end" },
        { "dots", "", ".\r\n..\r\n.a\r\n...\r\n" },
        { "blank lines", "", "\r\n\r\n a \r\n\t\r\n\r\n\r\n" },
        { "no body", "", "" },
        { "From", "", "From here on\r\n>From\r\n" },
        { "a line of 998", "", $"{new string('l', 998)}\r\n" },
    };

    [Fact]
    public async Task PostfixChangesNothingThatCounts()
    {
        Assert.SkipWhen(PostfixServer.Missing() is not null, PostfixServer.Missing() ?? "");
        await using var sink = SmtpSink.Start();
        await using var postfix = await PostfixServer.StartAsync(filter: null, sink.Port);
        await AssertAllPassAsync(postfix, sink, "SMTPUTF8 BODY=8BITMIME");
    }

    [Fact]
    public async Task SendmailChangesNothingThatCounts()
    {
        Assert.SkipWhen(SendmailServer.Missing() is not null, SendmailServer.Missing() ?? "");
        await using var sink = SmtpSink.Start();
        await using var sendmail = await SendmailServer.StartAsync(filter: null, sink.Port);
        await AssertAllPassAsync(sendmail, sink, "BODY=8BITMIME");
    }

    [Theory]
    [InlineData("smtp_line_length_limit = 998", false)]
    [InlineData("smtp_line_length_limit = 0", true)]
    public async Task LinesThatAreTooLongStayWholeWherePostfixIsToldSo(string setting, bool isProven)
    {
        Assert.SkipWhen(PostfixServer.Missing() is not null, PostfixServer.Missing() ?? "");
        await using var sink = SmtpSink.Start();
        await using var postfix = await PostfixServer.StartAsync(filter: null, sink.Port, setting);
        var finding = await PassAsync(postfix, sink, "long", "", new string('l', 1500) + "\r\n", "");
        Assert.Equal(isProven, finding is OriginFinding.Proven);
    }

    private static async Task AssertAllPassAsync(IMailServer server, SmtpSink sink, string arguments)
    {
        foreach (var mail in Mails)
        {
            var (name, header, body) = mail.Data;
            var finding = await PassAsync(server, sink, name, header, body, arguments);
            Assert.True(finding == new OriginFinding.Proven(Facts), $"{server.Name}, {name}: {finding}");
        }
    }

    private static async Task<OriginFinding> PassAsync(IMailServer server, SmtpSink sink, string name, string header, string body, string arguments)
    {
        string mark = $"<{Guid.NewGuid():N}@example.org>";
        byte[] message = Encoding.UTF8.GetBytes(
            $"From: Alice <{Sender}>\r\nTo: bob@partner.example\r\nDate: Tue, 24 Nov 2026 10:59:59 +0100\r\nMessage-ID: {mark}\r\nMIME-Version: 1.0\r\n{header}\r\n{body}");
        using var keys = HopKeys.Of(Enumerable.Repeat((byte)'k', HopKeys.MinLength).ToArray());
        await using var conversation = await SmtpConversation.BeginAsync(server.SmtpPort, TestContext.Current.CancellationToken);
        var outcome = await conversation.SendAsync(Sender, ["bob@partner.example"], Seal(keys, message), arguments);
        Assert.True(outcome.IsTakenForAll, $"{name}: {outcome.Last.Text}");

        var arrived = await sink.WaitForAsync(mark);
        Assert.Single(arrived.Field(OriginField.Name));
        var (fields, rest) = Divide(arrived.Data);
        using var opener = OriginOpener.Begin(keys, fields, arrived.Sender, TimeProvider.System);
        opener.Write(rest);
        return opener.Finish();
    }

    private static byte[] Seal(HopKeys keys, byte[] message)
    {
        var (fields, body) = Divide(message);
        using var sealer = OriginSealer.Begin(keys, fields, Sender, Facts, TimeProvider.System);
        sealer.Write(body);
        var field = sealer.Finish();
        var output = new ArrayBufferWriter<byte>();
        new HeaderField(field.Name, field.Value).WriteTo(output);
        return [.. output.WrittenSpan, .. message];
    }

    private static (IReadOnlyList<HeaderField> Fields, byte[] Body) Divide(byte[] message)
    {
        var buffer = new ReadOnlySequence<byte>(message);
        Assert.True(MessageHeader.TryRead(ref buffer, isComplete: true, MaxHeader, out var fields, out string? fault), fault);
        return (fields!, buffer.ToArray());
    }
}
