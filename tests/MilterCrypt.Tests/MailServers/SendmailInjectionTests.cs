using MilterCrypt.MailServers;

namespace MilterCrypt.Tests.MailServers;

/// <summary>The listener of a Sendmail at which the filter hands mail back: what can be wrong with it is found, alone.</summary>
public sealed class SendmailInjectionTests
{
    private const string Good = """
        V10/Berkeley
        DZ8.17.1.9
        O DaemonPortOptions=Name=MTA-v4, Family=inet, Port=25
        O DaemonPortOptions=Name=reinject, Family=inet, Addr=127.0.0.1, Port=10026, InputMailFilters=
        O InputMailFilters=signer, miltercrypt
        Xsigner, S=inet:10023@localhost, F=
        Xmiltercrypt, S=inet:8891@127.0.0.1, F=T, T=C:30s;S:30s;R:60s;E:5m
        """;

    private static readonly OwnFilter Filter = Given.Filter("inet:127.0.0.1:8891", "reinject: {address: 'smtp://127.0.0.1:10026', daemon-name: HANDED-BACK}");

    [Theory]
    [InlineData("", "")]
    [InlineData("InputMailFilters=\n", "InputMailFilters=signer\n")]
    [InlineData("Name=reinject, Family=inet, Addr=127.0.0.1, Port=10026, InputMailFilters=", "Name=HANDED-BACK, Addr=localhost, Port=10026")]
    [InlineData("O DaemonPortOptions=Name=reinject, Family=inet, Addr=127.0.0.1, Port=10026, InputMailFilters=\n", "")]
    public void AGoodOneIsLeftInPeace(string from, string to) => Assert.Empty(Given.Sendmail(Filter, Changed(from, to)).Faults());

    [Theory]
    [InlineData("Port=10026, InputMailFilters=\n", "Port=10026\n", "Error", "DaemonPortOptions of reinject: what the filter hands back comes to it again; write there a list without it: InputMailFilters=signer")]
    [InlineData("Port=10026, InputMailFilters=\n", "Port=10026, InputMailFilters=miltercrypt\n", "Error", "write there a list without it: InputMailFilters=")]
    [InlineData("Addr=127.0.0.1, ", "", "Warning", "DaemonPortOptions of reinject: other machines reach it, too, and what they send there passes by the filter; write there: Addr=127.0.0.1")]
    [InlineData("Addr=127.0.0.1, ", "Addr=192.0.2.1, ", "Warning", "other machines reach it")]
    [InlineData("Port=10026", "Port=10027", "Warning", "DaemonPortOptions of reinject: InputMailFilters=: what this listener takes passes by the filter")]
    public void WhatIsWrongIsFoundAlone(string from, string to, string level, string text)
    {
        var finding = Assert.Single(Given.Sendmail(Filter, Changed(from, to)).Faults());
        Assert.Equal(level, finding.Level.ToString());
        Assert.StartsWith("sendmail.cf: ", finding.Text, StringComparison.Ordinal);
        Assert.Contains(text, finding.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("signer, miltercrypt", false)]
    [InlineData("miltercrypt, signer", true)]
    public void AFilterBehindOursIsNamed(string list, bool isNamed) => Assert.Equal(
        isNamed, Given.Sendmail(Filter, Changed("signer, miltercrypt", list)).Any(finding => finding.Text.Contains("signer is asked behind this filter", StringComparison.Ordinal)));

    private static string Changed(string from, string to)
    {
        Assert.Contains(from, Good, StringComparison.Ordinal);
        return from.Length == 0 ? Good : Good.Replace(from, to, StringComparison.Ordinal);
    }
}
