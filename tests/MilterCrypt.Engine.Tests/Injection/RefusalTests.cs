using MilterCrypt.Engine.Injection;

namespace MilterCrypt.Engine.Tests.Injection;

public sealed class RefusalTests
{
    public static TheoryData<string, string, bool> Steps
    {
        get
        {
            var steps = new TheoryData<string, string, bool>();
            foreach (bool pipelined in (bool[])[true, false])
            {
                foreach (string step in (string[])["MAIL", "RCPT", "DATA", "."])
                {
                    foreach (string reply in (string[])["421 4.3.2 closing", "450 4.2.0 greylisted", "451 later", "452 4.3.1 full", "550 5.7.1 no", "552 5.3.4 too big", "554 5.6.0 odd"])
                        steps.Add(step, reply, pipelined);
                }
            }

            return steps;
        }
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task ARefusalAtAnyStepIsTheResultAndNothingIsDelivered(string step, string reply, bool pipelined)
    {
        await using var listener = new ScriptedListener
        {
            Extensions = pipelined ? ["PIPELINING"] : [],
            Script = line => line.StartsWith(step, StringComparison.Ordinal)
                ? reply.StartsWith("421", StringComparison.Ordinal) ? Saying.Last(reply) : Saying.Line(reply)
                : null,
        };
        var refused = Assert.IsType<InjectionResult.Refused>(await listener.SendAsync());
        await listener.EndedAsync();

        string[] words = reply.Split(' ', 3);
        Assert.Equal(int.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture), refused.Code);
        Assert.Equal(words.Length == 3 ? words[1] : "4.0.0", refused.EnhancedStatus);
        Assert.Equal(words[^1], refused.Text);
        Assert.Equal(refused.Code < 500, refused.IsTemporary);
        Assert.Equal(step == "RCPT" && refused.Code != 421 ? "bob@partner.example" : null, refused.Recipient);
        Assert.Equal(step == ".", listener.Message is not null);
    }

    [Theory]
    [InlineData("greeting", "554 5.7.1 not you")]
    [InlineData("greeting", "450 4.3.2 not now")]
    [InlineData("greeting", "354 go on")]
    [InlineData("EHLO", "502 5.5.1 what?")]
    [InlineData("EHLO", "450 4.3.2 not now")]
    [InlineData("MAIL", "354 go on")]
    [InlineData("RCPT", "354 go on")]
    [InlineData("DATA", "250 2.0.0 ok")]
    public async Task WhatIsNoAnswerToTheMessageItselfIsTriedAgain(string step, string reply)
    {
        foreach (string[] offer in (string[][])[[], ["PIPELINING"]])
        {
            await using var listener = new ScriptedListener
            {
                Extensions = offer,
                Script = line => line.StartsWith(step, StringComparison.Ordinal) ? Saying.Line(reply) : null,
            };
            var unreachable = Assert.IsType<InjectionResult.Unreachable>(await listener.SendAsync());
            await listener.EndedAsync();
            Assert.Contains(reply[..3], unreachable.Reason, StringComparison.Ordinal);
            Assert.Null(listener.Message);
        }
    }

    [Theory]
    [InlineData("greeting")]
    [InlineData("EHLO")]
    public async Task AFarewellInPlaceOfAWelcomeIsTemporary(string step)
    {
        await using var listener = new ScriptedListener
        {
            Script = line => line.StartsWith(step, StringComparison.Ordinal) ? Saying.Last("421 4.3.2 overloaded") : null,
        };
        Assert.Equal(new InjectionResult.Refused(421, "4.3.2", "overloaded", null), await listener.SendAsync());
    }

    [Theory]
    [InlineData("550 5.1.1 a,250 ok,250 ok", 550, "one@partner.example")]
    [InlineData("250 ok,550 5.1.1 b,550 5.1.1 c", 550, "two@partner.example")]
    [InlineData("550 5.1.1 a,450 4.2.0 b,550 5.1.1 c", 450, "two@partner.example")]
    [InlineData("450 4.2.0 a,550 5.1.1 b,451 4.2.0 c", 450, "one@partner.example")]
    [InlineData("550 5.1.1 a,550 5.1.1 b,550 5.1.1 c", 550, "one@partner.example")]
    public async Task WhereSomeRecipientsAreRefusedNobodyGetsIt(string replies, int code, string recipient)
    {
        foreach (string[] offer in (string[][])[[], ["PIPELINING"]])
        {
            var next = new Queue<string>(replies.Split(','));
            await using var listener = new ScriptedListener
            {
                Extensions = offer,
                Script = line => line.StartsWith("RCPT", StringComparison.Ordinal) ? Saying.Line(next.Dequeue()) : null,
            };
            var refused = Assert.IsType<InjectionResult.Refused>(
                await listener.SendAsync(Bringing.To("one@partner.example", "two@partner.example", "three@partner.example")));
            await listener.EndedAsync();
            Assert.Equal((code, recipient), (refused.Code, refused.Recipient));
            Assert.Null(listener.Message);
            Assert.DoesNotContain("\r\n.\r\n", listener.Heard, StringComparison.Ordinal);
            // DATA is under way where all was said at once, and QUIT would be the message's first line.
            Assert.Equal(offer.Length == 0, listener.Heard.EndsWith("QUIT\r\n", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task AFarewellAmidTheMessageIsTemporaryAndTheMessageIsNotEnded()
    {
        await using var listener = new ScriptedListener
        {
            Script = line => line == "DATA" ? new Saying("354 go on\r\n421 4.3.2 going down\r\n") { IsTheLast = true } : null,
        };
        Assert.Equal(new InjectionResult.Refused(421, "4.3.2", "going down", null), await listener.SendAsync());
        await listener.EndedAsync();
        Assert.DoesNotContain("\r\n.\r\n", listener.Heard, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARefusalOfManyLinesIsReadWholeAndCut()
    {
        await using var listener = new ScriptedListener
        {
            Script = line => line.StartsWith("MAIL", StringComparison.Ordinal)
                ? new Saying("550-5.7.1 first line\r\n550-5.7.1 sec\x07nd\r\n550 5.7.1 " + new string('x', 1000) + "\r\n")
                : null,
        };
        var refused = Assert.IsType<InjectionResult.Refused>(await listener.SendAsync());
        Assert.StartsWith("first line sec?nd xxx", refused.Text, StringComparison.Ordinal);
        Assert.Equal(("5.7.1", 200), (refused.EnhancedStatus, refused.Text.Length));
    }
}
