using System.Text;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Tests.Journal;

/// <summary>When two messages are the same.</summary>
public sealed class ContentFingerprintTests
{
    private const string Body = "Hello,\r\n\r\nthis is it.\r\n";

    private static readonly HeaderField[] Header =
    [
        SomeMail.Field("Received", " from a by b;\n\tThu, 26 Nov 2026 12:00:00 +0100"),
        SomeMail.Field("Message-ID", " <1@client.example>"),
        SomeMail.Field("Date", " Thu, 26 Nov 2026 12:00:00 +0100"),
        SomeMail.Field("From", " sender@client.example"),
        SomeMail.Field("Subject", " Hi"),
    ];

    [Fact]
    public void AnyChangedByteMakesAnotherMessage()
    {
        var seen = new HashSet<string> { Hash(Header, Body) };
        for (int field = 0; field < Header.Length; field++)
        {
            for (int i = 0; i < Header[field].Name.Length; i++)
                Assert.True(seen.Add(Hash(With(field, Header[field] with { Name = Flip(Header[field].Name, i) }), Body)));
            for (int i = 0; i < Header[field].Value.Length; i++)
            {
                byte[] value = Header[field].Value.ToArray();
                value[i] ^= 1;
                Assert.True(seen.Add(Hash(With(field, Header[field] with { Value = value }), Body)));
            }
            Assert.True(seen.Add(Hash([.. Header.Where((_, i) => i != field)], Body)));
        }
        for (int i = 0; i < Body.Length; i++)
            Assert.True(seen.Add(Hash(Header, Flip(Body, i))));
        Assert.True(seen.Add(Hash(Header, Body[..^1])));
        Assert.True(seen.Add(Hash([Header[1], Header[0], .. Header[2..]], Body)));
    }

    [Fact]
    public void HowTheBodyIsCutDoesNotMatter()
    {
        string whole = Hash(Header, Body);
        for (int cut = 0; cut <= Body.Length; cut++)
            Assert.Equal(whole, Hash(Header, Body[..cut], Body[cut..]));
        Assert.Equal(whole, Hash(Header, [.. Body.Select(c => c.ToString())]));
    }

    [Fact]
    public void NothingCanBeMovedBetweenNameValueAndBody()
    {
        string[] hashes =
        [
            Hash([SomeMail.Field("X-Ab", "cd")], "ef"),
            Hash([SomeMail.Field("X-A", "bcd")], "ef"),
            Hash([SomeMail.Field("X-Ab", "cdef")], ""),
            Hash([SomeMail.Field("X-Ab", "c"), SomeMail.Field("d", "")], "ef"),
            Hash([SomeMail.Field("X-Ab", "cd"), SomeMail.Field("e", "f")], ""),
            Hash([SomeMail.Field("X-Ab", "c\0\0\0\0d\0\0\0\0e")], "f"),
            Hash([SomeMail.Field("X-Ab", "c"), SomeMail.Field("d", "e")], "f"),
            // What a field is hashed as, put into the body.
            Hash([], "\0\0\0\u0004X-Ab\0\0\0\u0002cdef"),
        ];
        Assert.Distinct(hashes);
    }

    [Theory]
    [InlineData("Message-Id", "Date", "")]
    [InlineData("Message-Id", "Date", "From")]
    [InlineData("Message-Id", "", "From,To")]
    [InlineData("Resent-Message-Id", "Resent-Date", "Resent-From")]
    public void WhatPostfixMakesAnewAtEachTryDoesNotCount(string messageId, string date, string rest)
    {
        var (first, isNamed) = Content(Made("4ABC", "20261126110000", "12:00:00"), "4ABC", Body);
        Assert.Equal(first, Content(Made("4XYZ7", "20261126111500", "12:15:00"), "4XYZ7", Body).Hash);
        Assert.False(isNamed);
        // The same fields of somebody who only looks like our Postfix.
        Assert.NotEqual(first, Content(Made("4XYZ7", "20261126111500", "12:15:00"), "4QQQ", Body).Hash);

        HeaderField[] Made(string id, string time, string clock) =>
        [
            SomeMail.Field("Subject", " Hi"),
            SomeMail.Field(messageId, $" <{time}.{id}@mail.example>"),
            .. date.Length == 0 ? (HeaderField[])[] : [SomeMail.Field(date, $" Thu, 26 Nov 2026 {clock} +0100 (CET)")],
            .. rest.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => SomeMail.Field(name, " someone@mail.example")),
        ];
    }

    [Fact]
    public void AClientsOwnDateCountsThoughItsMessageIdWasMade()
    {
        Assert.NotEqual(Content(Made("12:00"), "4ABC", Body).Hash, Content(Made("12:05"), "4ABC", Body).Hash);

        static HeaderField[] Made(string time) =>
        [
            SomeMail.Field("Date", $" Thu, 26 Nov 2026 {time} +0100"),
            SomeMail.Field("Subject", " Hi"),
            SomeMail.Field("Message-Id", " <20261126110000.4ABC@mail.example>"),
        ];
    }

    [Fact]
    public void ALastDateBehindAClientsOwnMessageIdMayBeMadeSoTheMessageHasNoNameOfItsOwn()
    {
        var (hash, isNamed) = Content(Made("12:00"), "4ABC", Body);
        Assert.Equal(hash, Content(Made("12:05"), "4DEF", Body).Hash);
        Assert.False(isNamed);

        static HeaderField[] Made(string time) =>
            [SomeMail.Field("Message-ID", " <1@client.example>"), SomeMail.Field("Subject", " Hi"), SomeMail.Field("Date", $" Thu, 26 Nov 2026 {time} +0100")];
    }

    [Fact]
    public void OnlyASendersMessageIdIsAName()
    {
        Assert.True(Content(Header, "4ABC", Body).IsNamed);
        Assert.True(Content(Header, null, Body).IsNamed);
        Assert.True(Content([SomeMail.Field("MESSAGE-ID", "<1@x>")], "4ABC", Body).IsNamed);
        Assert.True(Content([SomeMail.Field("Message-ID", " <20261126110000.4DEF@other.example>")], "4ABC", Body).IsNamed);
        Assert.False(Content([SomeMail.Field("Message-ID", " \n\t")], "4ABC", Body).IsNamed);
        Assert.False(Content([SomeMail.Field("Subject", " Hi"), SomeMail.Field("Date", " today")], "4ABC", Body).IsNamed);
        Assert.False(Content([], "4ABC", Body).IsNamed);
        // A person sends on what has a name, time and again: what Postfix made for that is what tells one from the other.
        Assert.False(Content([Header[1], SomeMail.Field("Resent-From", " a@b"), SomeMail.Field("Resent-Message-Id", " <20261126110000.4ABC@mail.example>")], "4ABC", Body).IsNamed);
    }

    [Fact]
    public void WithoutAnyMessageIdALastDateIsTheSenders()
    {
        Assert.NotEqual(
            Content([SomeMail.Field("Subject", " Hi"), SomeMail.Field("Date", " 12:00")], "4ABC", Body).Hash,
            Content([SomeMail.Field("Subject", " Hi"), SomeMail.Field("Date", " 12:05")], "4ABC", Body).Hash);
    }

    [Fact]
    public void WhatOtherFiltersWriteIsLeftOutWhereThatIsWanted()
    {
        HeaderField[] one = [.. Header, SomeMail.Field("authentication-results", " mail.example; spf=pass"), SomeMail.Field("X-Spam-Score", " 1.5")];
        HeaderField[] other = [SomeMail.Field("X-Rspamd-Queue-Id", " 4DEF"), .. Header];
        Assert.Equal(Hash(one, Body), Hash(other, Body));
        Assert.Equal(Hash(Header, Body), Hash(one, Body));
        Assert.NotEqual(Strict(one), Strict(other));

        static string Strict(HeaderField[] fields)
        {
            using var fingerprint = ContentFingerprint.Begin(fields, null, new HashSet<string>());
            return Convert.ToHexString(fingerprint.Finish().Hash.Span);
        }
    }

    private static HeaderField[] With(int index, HeaderField field) => [.. Header[..index], field, .. Header[(index + 1)..]];

    private static string Flip(string text, int index) => text[..index] + (char)(text[index] ^ 1) + text[(index + 1)..];

    private static string Hash(HeaderField[] fields, params string[] pieces) => Content(fields, "4ABC", pieces).Hash;

    private static (string Hash, bool IsNamed) Content(HeaderField[] fields, string? queueId, params string[] pieces)
    {
        using var fingerprint = ContentFingerprint.Begin(fields, queueId, ContentFingerprint.FieldsOfOtherFilters);
        foreach (string piece in pieces)
            fingerprint.Write(Encoding.Latin1.GetBytes(piece));
        var content = fingerprint.Finish();
        return (Convert.ToHexString(content.Hash.Span), content.IsNamed);
    }
}
