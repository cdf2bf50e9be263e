using System.Text;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Tests.Mail;

public sealed class ContentTypeTests
{
    [Fact]
    public void FoldsCommentsAndQuotesAreReadOver()
    {
        var type = Parse(" Multipart/(a (nested) comment)Encrypted;\n\tprotocol=\"application\\/pgp-encrypted\" (why not) ;\n BOUNDARY=abc; ");
        Assert.Equal("multipart/encrypted", type?.MediaType);
        Assert.Equal("application/pgp-encrypted", type?.Parameters["protocol"]);
        Assert.Equal("abc", type?.Parameters["boundary"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("text")]
    [InlineData("text/")]
    [InlineData("text/plain charset=utf-8")]
    [InlineData("text/plain; charset")]
    [InlineData("text/plain; charset=")]
    [InlineData("text/plain; charset=\"utf-8")]
    [InlineData("text/plain; (never closed")]
    [InlineData("text/plain; boundary=a; boundary=b")]
    [InlineData("text/plain, text/html")]
    public void WhatReadersWouldDifferAboutIsNotRead(string value) => Assert.Null(Parse(value));

    [Fact]
    public void NestedCommentsByTheThousandCostNothing() =>
        Assert.Null(Parse("text/plain " + new string('(', 1_000_000)));

    [Fact]
    public void EveryTruncationAndMutationIsReadOrNot()
    {
        byte[] whole = Encoding.ASCII.GetBytes(" multipart/encrypted; protocol=\"application/pgp-encrypted\"; (c) boundary=\"a\\\"b\"");
        var random = new Random(2);
        for (int i = 0; i <= whole.Length; i++)
        {
            ContentType.Parse(whole.AsSpan(0, i));
            for (int j = 0; j < 50; j++)
            {
                byte[] mutated = whole.ToArray();
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
                ContentType.Parse(mutated);
            }
        }
    }

    private static ContentType? Parse(string value) => ContentType.Parse(Encoding.ASCII.GetBytes(value));
}
