using System.Text;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Tests.Mail;

/// <summary>The one author of a message, or none where readers might see different ones.</summary>
public sealed class MessageAuthorTests
{
    [Theory]
    [InlineData(" bob@example.org", "bob@example.org")]
    [InlineData(" <bob@example.org>", "bob@example.org")]
    [InlineData(" Bob <bob@example.org>", "bob@example.org")]
    [InlineData(" \"Bob, the <man@x>\" <bob@example.org> (home)", "bob@example.org")]
    [InlineData(" (a (b) \\) c)Bob\n <bob@example.org>", "bob@example.org")]
    [InlineData(" \"b o,b\"@example.org", "\"b o,b\"@example.org")]
    [InlineData(" =?utf-8?q?B=C3=B6b?= <böb@exämple.org>", "böb@exämple.org")]
    [InlineData(" mallory@evil.example <bob@example.org>", "bob@example.org")]
    public void OneMailboxIsTheAuthor(string value, string author)
    {
        Assert.True(MessageAuthor.TryRead([Field(value)], out var read, out string? reason), reason);
        Assert.Equal(author, read.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(" bob")]
    [InlineData(" bob@example.org, carol@example.org")]
    [InlineData(" Bob <bob@example.org>, carol@example.org")]
    [InlineData(" Bob <bob@example.org> carol@example.org")]
    [InlineData(" Bob <bob@example.org> <carol@example.org>")]
    [InlineData(" Bob <<bob@example.org>>")]
    [InlineData(" Bob <bob@example.org")]
    [InlineData(" Bob bob@example.org>")]
    [InlineData(" friends: bob@example.org;")]
    [InlineData(" <@relay.example:bob@example.org>")]
    [InlineData(" <bob@example.org,carol@example.org>")]
    [InlineData(" bob@example.org (unclosed")]
    [InlineData(" \"unclosed <bob@example.org>")]
    [InlineData(" Bob <\"unclosed@example.org>")]
    [InlineData(" bob @example.org")]
    [InlineData(" <bob\u0000@example.org>")]
    [InlineData(" <bob>")]
    [InlineData(" <>")]
    [InlineData(" (((((((((((((((((")]
    [InlineData(" \\")]
    [InlineData(" \\\" <alice@example.org>, \" <bob@example.org>")]
    [InlineData(" Bob) <bob@example.org>")]
    public void WhatMayBeReadInSeveralWaysHasNoAuthor(string value)
    {
        Assert.False(MessageAuthor.TryRead([Field(value)], out _, out string? reason));
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void NoneOrSeveralFieldsHaveNoAuthor()
    {
        Assert.False(MessageAuthor.TryRead([], out _, out string? none));
        Assert.False(MessageAuthor.TryRead([Field(" a@b.example"), Field(" a@b.example")], out _, out string? several));
        Assert.False(MessageAuthor.TryRead([Field(new string('(', 5000))], out _, out string? tooLong));
        Assert.Equal(("there is no From field", "there are several From fields", "the From field is too long"), (none, several, tooLong));
    }

    private static HeaderField Field(string value) => new("fRom", Encoding.UTF8.GetBytes(value));
}
