using System.Text;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Tests.Mail;

public sealed class ContentKindsTests
{
    [Theory]
    [InlineData("Content-Type: message/partial; id=\"a@b\"; number=1; total=3")]
    [InlineData("content-TYPE: (a comment) Message / PARTIAL;\r\n number=1")]
    [InlineData("Content-Type: message/partial; id=1; id=2; \"")]
    [InlineData("Content-Type: text/plain\r\nContent-Type: message/partial; id=1")]
    [InlineData("Content-Type: message/partial; id=1\r\nContent-Type: text/plain")]
    public void APieceOfAMessageIsKnownByItsType(string header) => Assert.True(ContentKinds.IsPartial(Letter.Read($"{header}\r\n\r\n").Header));

    [Theory]
    [InlineData("Subject: message/partial")]
    [InlineData("Content-Type: message/partially")]
    [InlineData("Content-Type: message/rfc822; x=message/partial")]
    [InlineData("Content-Type: (message/partial) text/plain")]
    [InlineData("Content-Type: \"message\"/partial")]
    [InlineData("Content-Type:")]
    public void NothingElseIsAPiece(string header) => Assert.False(ContentKinds.IsPartial(Letter.Read($"{header}\r\n\r\n").Header));

    [Fact]
    public void AnyCutOfTheFieldIsReadWithoutHarm()
    {
        byte[] value = Encoding.ASCII.GetBytes(" (c) message/partial; id=x");
        for (int length = 0; length < value.Length; length++)
            Assert.Equal(length >= " (c) message/partial".Length, ContentKinds.IsPartial([new HeaderField("Content-Type", value.AsMemory(0, length))]));
    }
}
