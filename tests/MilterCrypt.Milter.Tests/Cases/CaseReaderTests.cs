using System.Text;
using MilterCrypt.Cases;
using MilterCrypt.Cases.Daemon;
using MilterCrypt.Cases.Expectations;
using MilterCrypt.Cases.Filter;
using MilterCrypt.Cases.Language;

namespace MilterCrypt.Milter.Tests.Cases;

/// <summary>The reader of case files takes nothing that it does not understand: a case that is half read would pass.</summary>
public sealed class CaseReaderTests
{
    private const string Whole = "TITLE It is so\nMAIL <a@a.example>\nNOTHING DELIVERED\n";

    public static TheoryData<string, int, string> Mistakes => new()
    {
        { "", 1, "TITLE" },
        { "MAIL <a@a.example>\n", 1, "TITLE" },
        { "TITLE x\nNOTHING DELIVERED\n", 1, "the client does nothing" },
        { "TITLE x\nMAIL <a@a.example>\n", 1, "NOTHING DELIVERED" },
        { Whole + "RCTP <b@b.example>\n", 4, "'RCTP <b@b.example>' can't be read" },
        { Whole + "MAIL a@a.example\n", 4, "can't be read" },
        { Whole + "DATA now\n", 4, "can't be read" },
        { Whole + "# a comment\n\nRSET it\n| text\n", 7, "can't be read" },
        { Whole + "FILTER SOMETIME REFUSE 550 5.7.1 No\n", 4, "CONNECT|HELO" },
        { Whole + "FILTER RCPT ACCEPT\n", 4, "what the filter can do at RCPT" },
        { Whole + "FILTER RCPT DISCARD\n", 4, "what the filter can do at RCPT" },
        { Whole + "FILTER MAIL CHANGE Subject: x\n", 4, "what the filter can do at MAIL" },
        { Whole + "FILTER MAIL 2 FAIL\n", 4, "only RCPT is counted" },
        { Whole + "FILTER END REFUSE 550\n", 4, "REFUSE code status text" },
        { Whole + "FILTER END REFUSE 550 4.7.1 No\n", 4, "does not fit" },
        { Whole + "FILTER END REFUSE 250 2.0.0 Yes\n", 4, "outside 400..599" },
        { Whole + "FILTER END CHANGE Subject\n", 4, "CHANGE name [n]: value" },
        { Whole + "FILTER END ADD X: \\q\n", 4, "backslash" },
        { Whole + "FILTER END ADD RCPT b@b.example\n", 4, "ADD RCPT <address>" },
        { Whole + "NOT ON postfix\n", 4, "reason" },
        { Whole + "NOT ON exim: it is another\n", 4, "postfix|sendmail" },
        { Whole + "ON exim REPLY 250\n", 4, "postfix|sendmail" },
        { Whole + "ON postfix MAIL <a@a.example>\n", 4, "only expectations" },
        { Whole + "REPLY yes\n", 4, "REPLY code" },
        { "TITLE x\nREPLY 250\n", 2, "below what the client said" },
        { Whole + "TOLD SECRETS x\n", 4, "CONNECT|HELO" },
        { Whole + "DATA\n| a\\\\b\\qc\n", 5, "backslash" },
        { Whole + "DATA\nREPEAT x | y\n", 5, "no number" },
        { Whole + "DATA\nFILL 1\n", 5, "CRLF" },
        { Whole + "DATA\nFILE nowhere.eml\n", 5, "there is no tests/cases/mail/nowhere.eml" },
        { Whole + "SUBMIT <a@a.example> <b@b.example>\n", 4, "stands the message" },
        { Whole + "DELIVERED TO <b@b.example>\n", 4, "DELIVERED FROM" },
        { Whole + "DELIVERED FROM <a@a.example> TO <b@b.example> AS SENT\n", 4, "the client has sent 0 messages" },
        { Whole + "DELIVERED FROM <a@a.example> TO <b@b.example>\nAND SO ON\n", 5, "AND FIELD" },
        { Whole + "HELD FROM <a@a.example> TO <b@b.example>\n", 4, "BECAUSE" },
        { Whole + "BOUNCED TO alice\n", 4, "BOUNCED TO <address>" },
        { Whole + "MILTERCRYPT\n", 4, "stand its rules" },
        { Whole + "MILTERCRYPT CONFIGURATION\n", 4, "CONFIGURATION stands that" },
        { Whole + "MILTERCRYPT LOUDLY\n| x\n", 4, "can't be read" },
        { Whole + "LISTENER GONE\n", 4, "LISTENER AWAY" },
        { Whole + "LISTENER RCPT REFUSE 550 5.1.1 No\n", 4, "RCPT <address>" },
        { Whole + "LISTENER END 0 REFUSE 550 5.1.1 No\n", 4, "END [n]" },
        { Whole + "LISTENER END REFUSE 550 4.1.1 No\n", 4, "REFUSE code status text" },
        { Whole + "HANDED BACK some\n", 4, "HANDED BACK n" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void AMistakeIsNamedWithFileAndLineAndWhatWasMeant(string text, int line, string meant)
    {
        var wrong = Assert.Throws<CaseSyntaxException>(() => CaseReader.Read("some/thing.case", text));
        Assert.StartsWith($"some/thing.case:{line}: ", wrong.Message, StringComparison.Ordinal);
        Assert.Contains(meant, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ContentIsReadByteForByte()
    {
        TextCase read = CaseReader.Read("x.case", """
            TITLE x
            DATA
            | \x00\xFF\0\r\n\t\\é
            |
            |  two
            | cut\
            REPEAT 2 | r
            FILL 68
            NOTHING DELIVERED
            """);
        byte[] expected =
        [
            0, 0xFF, 0, .. "\r\n\t\\é\r\n\r\n two\r\ncutr\r\nr\r\n"u8, .. Encoding.ASCII.GetBytes(new string('x', 62)), .. "\r\nxx\r\n"u8,
        ];
        Assert.Equal(Escapes.Write(expected), Escapes.Write(Assert.Single(read.Sent)));
        Assert.Equal(expected, Escapes.Read(Escapes.Write(expected)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(66)]
    [InlineData(129)]
    [InlineData(65535)]
    public void FilledContentHasExactlyItsSizeAndOnlyWholeLines(int size)
    {
        byte[] content = Assert.Single(CaseReader.Read("x.case", $"TITLE x\nDATA\nFILL {size}\nNOTHING DELIVERED\n").Sent);
        Assert.Equal(size, content.Length);
        Assert.All(Encoding.ASCII.GetString(content)[..^2].Split("\r\n"), line => Assert.InRange(line.Length, 0, 62));
        Assert.EndsWith("\r\n", Encoding.ASCII.GetString(content), StringComparison.Ordinal);
    }

    [Fact]
    public void RulesAreReadAsTheyAreMeant()
    {
        TextCase read = CaseReader.Read("x.case", """
            TITLE x
            FILTER MESSAGE 2 RCPT 3 REFUSE 550 5.7.1 one\ntwo
            FILTER END CHANGE X-Tag 2:value: with colon
            FILTER END DELETE X-Tag
            QUIT
            NOTHING DELIVERED
            """);
        Assert.Equal((2, FilterStep.Rcpt, 3), (read.Filter[0].Message, read.Filter[0].Step, read.Filter[0].Recipient));
        Assert.Equal(["one", "two"], Assert.IsType<FilterAnswer.Refuse>(read.Filter[0].Answer).Reply.Lines);
        var change = Assert.IsType<FilterAnswer.ChangeField>(read.Filter[1].Answer);
        Assert.Equal(("X-Tag", 2, "value: with colon"), (change.Name, change.Nth, Encoding.UTF8.GetString(change.Value)));
        Assert.Equal(new FilterAnswer.DeleteField("X-Tag", 1), read.Filter[2].Answer);
    }

    [Fact]
    public void WhatIsSaidOfTheProgramAndItsListenerIsReadAsItIsMeant()
    {
        TextCase read = CaseReader.Read("x.case", """
            TITLE x
            MILTERCRYPT CONFIGURATION
            | reinject: LISTENER
            LISTENER RCPT <bob@b.example> REFUSE 550 5.1.1 No: such user
            LISTENER END 2 REFUSE 451 4.3.0 Later
            QUIT
            DELIVERED FROM <a@a.example> TO <b@b.example>
            AND ENCRYPTED FOR <b@b.example>
            AND ANONYMOUSLY FOR <c@c.example> <d@d.example>
            HANDED BACK 3
            """);
        Assert.Equal(new DaemonConfiguration("reinject: LISTENER\r\n", IsWhole: true), read.Program);
        Assert.Equal(
            [
                new ListenerRule.Refuse(new Place("x.case", 4), "RCPT", "bob@b.example", 1, "550 5.1.1 No: such user"),
                new ListenerRule.Refuse(new Place("x.case", 5), "END", null, 2, "451 4.3.0 Later"),
            ],
            read.Listener);
        var delivery = Assert.IsType<Outcome.Delivery>(read.Outcomes[0]);
        Assert.Equal(["b@b.example"], delivery.EncryptedFor);
        Assert.Equal(["c@c.example", "d@d.example"], delivery.AnonymouslyFor);
        Assert.Equal(3, Assert.IsType<Outcome.HandedBack>(read.Outcomes[1]).Messages);
    }

    [Fact]
    public void EachCaseHasATitleOfItsOwn() =>
        Assert.Empty(CaseFiles.All.Select(CaseFiles.Read).GroupBy(read => read.Title).Where(same => same.Count() > 1).Select(same => same.Key));
}
