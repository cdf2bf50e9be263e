using MilterCrypt.MailServers;
using MilterCrypt.MailServers.Sendmail;

namespace MilterCrypt.Tests.MailServers;

/// <summary>Each thing that can be wrong with a sendmail.cf is found, alone, and what is good is not.</summary>
public sealed class SendmailFindingsTests
{
    private const string Good = """
        V10/Berkeley
        # a comment
        DZ8.17.1.9
        O MaxMessageSize=10000000
        O DaemonPortOptions=Name=MTA-v4, Family=inet, Addr=127.0.0.1, Port=25
        O InputMailFilters=greylist, miltercrypt
        O Milter.LogLevel=9
        Xgreylist, S=inet:10023@localhost, F=
        Xmiltercrypt, S=inet:8891@127.0.0.1, F=T, T=C:30s;S:30s;R:60s;E:5m
        """;

    private static readonly OwnFilter Filter = Given.Filter("inet:127.0.0.1:8891");

    [Theory]
    [InlineData("", "")]
    [InlineData("F=T", "F=4")]
    [InlineData(", F=T, T=C:30s;S:30s;R:60s;E:5m", ",\n\tF=T,\n\tT=S:1m30s")]
    [InlineData("Xmiltercrypt, S=inet:8891@127.0.0.1", "Xmiltercrypt, S=\"inet:8891@localhost\"")]
    [InlineData("O InputMailFilters=greylist, miltercrypt", "O inputmailfilters=greylist;MilterCrypt")]
    [InlineData("Port=25\nO InputMailFilters=greylist, miltercrypt", "Port=25, InputMailFilters=miltercrypt")]
    [InlineData("R:60s", "R:0")]
    public void AGoodOneIsLeftInPeace(string from, string to)
    {
        // Sendmail's own 10 s for a read or write are more than we take.
        Assert.Empty(Given.Sendmail(Filter, Changed(from, to)).Faults());
    }

    [Theory]
    [InlineData("F=T, ", "", "Error", "Xmiltercrypt: there is no F=: when the filter is down or breaks off, Sendmail delivers the plaintext, or half a message; write in sendmail.mc: INPUT_MAIL_FILTER(`miltercrypt', `S=inet:8891@127.0.0.1, F=T, T=C:30s;S:30s;R:60s;E:5m')")]
    [InlineData("F=T", "F=X", "Error", "F=X")]
    [InlineData("F=T", "F=R", "Warning", "refused for good")]
    [InlineData("E:5m", "E:4m", "Warning", "T=E:4m: the filter may take 240s (timeouts.verdict) for a message")]
    [InlineData("R:60s", "R:8", "Warning", "T=R:8: ")]
    [InlineData("S:30s", "S:1s", "Warning", "T=S:1s: ")]
    [InlineData("C:30s", "C:1s", "Warning", "T=C:1s: ")]
    [InlineData("greylist, miltercrypt", "greylist", "Error", "is defined, but never called")]
    [InlineData("S=inet:8891", "S=inet:8892", "Error", "it names only inet:10023@localhost, inet:8892@127.0.0.1 (ours listens on inet:127.0.0.1:8891)")]
    [InlineData("Port=25", "Port=25, I=greylist\nO DaemonPortOptions=Name=other", "Warning", "DaemonPortOptions of MTA-v4: InputMailFilters=greylist: what this listener takes passes by the filter")]
    [InlineData("greylist, miltercrypt", "greylist, miltercrypt, lost", "Error", "there is no line Xlost")]
    [InlineData("S=inet:10023@localhost", "S=inet:localhost:10023", "Error", "that is no address for Sendmail")]
    [InlineData("MaxMessageSize=10000000", "MaxMessageSize=9000000000", "Warning", "doesn't fit into spool.disk")]
    [InlineData("O Milter.LogLevel=9", "O MaxHeadersLength=2000000", "Warning", "raise limits.header")]
    [InlineData("DZ8.17.1.9", "DZ8.13.8", "Warning", "older than 8.14")]
    public void WhatIsWrongIsFoundAlone(string from, string to, string level, string text)
    {
        var finding = Assert.Single(Given.Sendmail(Filter, Changed(from, to)).Faults());
        Assert.Equal(level, finding.Level.ToString());
        Assert.StartsWith("sendmail.cf: ", finding.Text, StringComparison.Ordinal);
        Assert.Contains(text, finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void TheTimeForAVerdictIsThatOfOurConfiguration() => Assert.Empty(
        Given.Sendmail(Given.Filter("inet:127.0.0.1:8891", "timeouts: {verdict: 30s}"), Changed("E:5m", "E:40s")).Faults());

    [Fact]
    public void WhatIsNoSendmailCfIsNotTakenForOne()
    {
        Assert.Null(SendmailConfiguration.Read("", "x"));
        Assert.Null(SendmailConfiguration.Read("smtpd_milters = x\n", "x"));
        var random = new Random(1);
        byte[] junk = new byte[100_000];
        random.NextBytes(junk);
        // It may begin a line by chance with V and a digit; it must only not fail.
        SendmailConfiguration.Read(System.Text.Encoding.Latin1.GetString(junk), "x");
    }

    [Fact]
    public void EveryCutOfAGoodOneIsRead()
    {
        for (int length = 0; length < Good.Length; length++)
        {
            if (SendmailConfiguration.Read(Good[..length], "sendmail.cf") is { } cut)
                SendmailCheck.Of(cut, Filter);
        }
    }

    [Theory]
    [InlineData("90", 90)]
    [InlineData("1h30m", 5400)]
    [InlineData("5m ", 300)]
    [InlineData("", null)]
    [InlineData(" ", null)]
    [InlineData("m", null)]
    [InlineData("5x", null)]
    public void TimesAddUp(string text, int? seconds) => Assert.Equal(seconds, (int?)SendmailValue.Time(text)?.TotalSeconds);

    private static string Changed(string from, string to)
    {
        Assert.Contains(from, Good, StringComparison.Ordinal);
        return from.Length == 0 ? Good : Good.Replace(from, to, StringComparison.Ordinal);
    }
}
