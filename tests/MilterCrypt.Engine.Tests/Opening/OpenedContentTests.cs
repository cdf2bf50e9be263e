using System.Text;
using MilterCrypt.Engine.Bodies;

namespace MilterCrypt.Engine.Tests.Opening;

/// <summary>What a recipient finds in a message that was opened, and what is not opened since it could not be shown whole.</summary>
public sealed class OpenedContentTests : IDisposable
{
    private readonly Recipient alice = new();

    public static TheoryData<string, string, string> Entities => new()
    {
        { "Content-Type: text/plain\r\n\r\nhello\r\n", "Content-Type: text/plain", "hello\r\n" },
        { "Content-Type: text/plain\n\nhello\nworld\r\n\r\nbare\rCR\n", "Content-Type: text/plain", "hello\r\nworld\r\n\r\nbare\rCR\r\n" },
        { "content-TYPE:text/html\r\nSubject: x\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xFC\0", "Content-Type:text/html|Content-Transfer-Encoding: 8bit", "\xFC\0" },
        { "Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n", "Content-Transfer-Encoding: base64", "aGVsbG8=\r\n" },
        { "\r\nhello\r\n", "", "hello\r\n" },
        { "\r\n", "", "" },
        { "Content-Type: text/plain\r\n\r\n", "Content-Type: text/plain", "" },
        { "Content-Type: text/plain\r\n", "Content-Type: text/plain", "" },
        { "Content-Type: text/plain", "Content-Type: text/plain", "" },
        { "Content-Type: text/plain\r\n\r\n.\r\n..\r\nFrom x\r\n\r\n\r\n", "Content-Type: text/plain", ".\r\n..\r\nFrom x\r\n\r\n\r\n" },
        { "Content-Type: multipart/mixed;\r\n\tboundary=x\r\n\r\n--x--\r\n", "Content-Type: multipart/mixed;\n\tboundary=x", "--x--\r\n" },
        { "Content-Type: text/plain\r\nMilterCrypt-Result: decrypted; signature=good\r\nBcc: eve@evil.example\r\n\r\nx", "Content-Type: text/plain", "x" },
    };

    [Theory]
    [MemberData(nameof(Entities))]
    public async Task WhatWasEncryptedIsTheContent(string entity, string fields, string body)
    {
        var processed = await alice.GetAsync(await EncryptedLetter.ForAsync(alice.AliceKey, Encoding.Latin1.GetBytes(entity)));
        Assert.IsType<MessageOutcome.Opened>(processed.Outcome);
        Assert.Equal(body, processed.BodyText);
        var content = processed.Header.Where(field => field.Name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(fields, string.Join('|', content.Select(field => $"{field.Name}:{Encoding.Latin1.GetString(field.Value.Span)}")));
        Assert.Single(processed.Field("MilterCrypt-Result"));
        Assert.Single(processed.Field("MIME-Version"));
        Assert.Empty(processed.Field("Bcc"));
    }

    public static TheoryData<string> NoEntities =>
    [
        "", "hello\r\n", "hello\r\n\r\nworld\r\n", "Note: buy milk\r\n\r\nworld\r\n", "\0", " Content-Type: text/plain\r\n\r\nx",
        "Content-Type: text/plain\r\nhello\r\n\r\nx", "Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nx",
        "Content-Type: text/plain\0\r\n\r\nx", "Content-Type: text/plain\rX: y\r\n\r\nx", "Content-Type: text/plain\r\n\r\r\nx: y\r\n\r\nz",
        "From here on it is secret\r\nContent-Type: text/plain\r\n\r\nx",
    ];

    [Theory]
    [MemberData(nameof(NoEntities))]
    public async Task WhatIsNoMimeEntityStaysAsItCame(string text)
    {
        var letter = await EncryptedLetter.ForAsync(alice.AliceKey, Encoding.Latin1.GetBytes(text));
        var processed = await alice.GetAsync(letter);
        Assert.Equal("not opened: what is encrypted is no MIME entity", Assert.IsType<MessageOutcome.Unchanged>(processed.Outcome).Reason);
        Assert.Equal(letter.Body, processed.Body);
    }

    [Theory]
    [InlineData(200 * 1024, true)]
    [InlineData(300 * 1024, false)]
    public async Task AHeaderMayBeLongButNotEndless(int length, bool isOpened)
    {
        string field = "Autocrypt-Gossip: " + new string('x', 900) + "\r\n";
        string header = "Content-Type: text/plain\r\n" + string.Concat(Enumerable.Repeat(field, length / field.Length));
        var processed = await alice.GetAsync(await EncryptedLetter.ForAsync(alice.AliceKey, Encoding.ASCII.GetBytes(header + "\r\nhello\r\n")));
        Assert.Equal(isOpened, processed.Outcome is MessageOutcome.Opened);
        if (isOpened)
            Assert.Equal("hello\r\n", processed.BodyText);
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(40, false)]
    public async Task WhatIsSaidOfTheContentFitsIntoAHeader(int kibibytes, bool isOpened)
    {
        string header = "Content-Type: text/plain\r\nContent-Description:" + string.Concat(Enumerable.Repeat("\r\n " + new string('x', 1021), kibibytes));
        var processed = await alice.GetAsync(await EncryptedLetter.ForAsync(alice.AliceKey, Encoding.ASCII.GetBytes(header + "\r\n\r\nhello\r\n")));
        Assert.Equal(isOpened, processed.Outcome is MessageOutcome.Opened);
    }

    [Fact]
    public async Task MimeVersionIsAddedWhereItIsMissing()
    {
        var letter = await EncryptedLetter.ForAsync(alice.AliceKey);
        letter = letter with { Header = [.. letter.Header.Where(field => !field.Is("MIME-Version"))] };
        Assert.Equal([" 1.0"], (await alice.GetAsync(letter)).Field("MIME-Version"));
    }

    public void Dispose() => alice.Dispose();
}
