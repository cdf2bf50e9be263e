using System.Text;
using MilterCrypt.Engine.Injection;

namespace MilterCrypt.Engine.Tests.Injection;

public sealed class ListenerReplyReaderTests
{
    private static readonly byte[] TwoReplies = "250-mx.test.example\r\n250-SIZE 5\r\n250 DSN\r\n550 5.7.1 no\r\n"u8.ToArray();

    [Fact]
    public void ARepliesEndIsFoundWhereverItIsCut()
    {
        for (int cut = 0; cut <= TwoReplies.Length; cut++)
        {
            var reader = new ListenerReplyReader();
            var replies = new List<ListenerReply>();
            foreach (byte[] piece in (byte[][])[TwoReplies[..cut], TwoReplies[cut..]])
            {
                ReadOnlySpan<byte> rest = piece;
                while (reader.Read(ref rest) is { } reply)
                    replies.Add(reply);
                Assert.True(rest.IsEmpty);
            }

            Assert.Equal([250, 550], replies.Select(reply => reply.Code));
            Assert.Equal(["mx.test.example", "SIZE 5", "DSN"], replies[0].Lines);
            Assert.False(reader.IsAmidReply);
        }
    }

    [Fact]
    public void AReplyThatIsNotWholeIsNone()
    {
        int first = TwoReplies.AsSpan().IndexOf("550"u8);
        for (int length = 0; length < first; length++)
        {
            var reader = new ListenerReplyReader();
            ReadOnlySpan<byte> input = TwoReplies.AsSpan(0, length);
            Assert.Null(reader.Read(ref input));
            Assert.Equal(length > 0, reader.IsAmidReply);
        }
    }

    [Theory]
    [InlineData("250", "2.0.0", "")]
    [InlineData("250 ", "2.0.0", "")]
    [InlineData("250 2.1.5", "2.1.5", "")]
    [InlineData("250 2.1.5 ok", "2.1.5", "ok")]
    [InlineData("550 4.1.5 ok", "5.0.0", "4.1.5 ok")]
    [InlineData("550 5.1 ok", "5.0.0", "5.1 ok")]
    [InlineData("550 5.1.1234 ok", "5.0.0", "5.1.1234 ok")]
    [InlineData("550 5.a.1 ok", "5.0.0", "5.a.1 ok")]
    [InlineData("451 later", "4.0.0", "later")]
    [InlineData("550 5.7.1 n\u00f6\u0007\rno", "5.7.1", "n???no")]
    public void ItsStatusAndWordsAreToldApart(string line, string status, string text)
    {
        ReadOnlySpan<byte> input = Encoding.Latin1.GetBytes(line + "\n");
        var reply = new ListenerReplyReader().Read(ref input);
        Assert.Equal((status, text), (reply!.EnhancedStatus, reply.Text));
    }

    [Fact]
    public void WhatIsHeldOfAnEndlessReplyIsBounded()
    {
        Assert.NotNull(Read("250 " + new string('x', 2044) + "\n"));
        Assert.Throws<ListenerException>(() => Read("250 " + new string('x', 2045)));
        Assert.NotNull(Read(string.Concat(Enumerable.Repeat("250-x\r\n", 99)) + "250 x\r\n"));
        Assert.Throws<ListenerException>(() => Read(string.Concat(Enumerable.Repeat("250-x\r\n", 101))));

        static ListenerReply? Read(string text)
        {
            ReadOnlySpan<byte> input = Encoding.Latin1.GetBytes(text);
            return new ListenerReplyReader().Read(ref input);
        }
    }
}
