using MilterCrypt.MailServers;

namespace MilterCrypt.Tests.MailServers;

/// <summary>Each thing that can be wrong with a Postfix is found, alone, and what is good is not.</summary>
public sealed class PostfixFindingsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("mail_version = 3.11.1\nmilter_default_action = shutdown\n")]
    [InlineData("smtpd_milters = { unix:miltercrypt/milter.sock, command_timeout=9s, default_action=tempfail }\nmilter_command_timeout = 9s\n")]
    [InlineData("smtpd_milters = inet:127.0.0.1:8891 unix:/miltercrypt/milter.sock\n")]
    [InlineData("smtpd_milters = {inet:127.0.0.1:8891, default_action=accept}, unix:miltercrypt/milter.sock\n")]
    [InlineData("milter_default_action = accept\nsmtpd_milters = {unix:miltercrypt/milter.sock,default_action=tempfail}\nnon_smtpd_milters = {unix:miltercrypt/milter.sock,default_action=tempfail}\n")]
    [InlineData("milter_content_timeout = 1h\n")]
    public void AGoodOneIsLeftInPeace(string main) => Assert.Empty(Given.Postfix(Given.Filter(), main).Faults());

    [Theory]
    [InlineData("Error", "smtpd_milters = \nnon_smtpd_milters =\n", "Postfix never calls the filter (it listens on unix:/var/spool/postfix/miltercrypt/milter.sock)")]
    [InlineData("Error", "smtpd_milters = inet:127.0.0.1:8891\nnon_smtpd_milters = inet:127.0.0.1:8891\n", "write: smtpd_milters = unix:miltercrypt/milter.sock and: non_smtpd_milters = $smtpd_milters")]
    [InlineData("Warning", "non_smtpd_milters =\n", "main.cf: non_smtpd_milters = : mail that programs of this machine submit")]
    [InlineData("Warning", "smtpd_milters =\n", "main.cf: smtpd_milters = : what the service smtp/inet takes passes by the filter; write: smtpd_milters = unix:miltercrypt/milter.sock")]
    [InlineData("Error", "milter_default_action = accept\n", "main.cf: milter_default_action = accept: when the filter is down or breaks off, Postfix delivers the plaintext, or half a message; write: milter_default_action = tempfail")]
    [InlineData("Warning", "milter_default_action = quarantine\n", "released from there passes by")]
    [InlineData("Warning", "milter_default_action = reject\n", "refused for good")]
    [InlineData("Warning", "milter_default_action = shutdown\n", "Postfix 3.7.11 doesn't know that action")]
    [InlineData("Error", "smtpd_milters = { unix:miltercrypt/milter.sock, default_action=accept }\n", "main.cf: smtpd_milters: unix:miltercrypt/milter.sock: default_action = accept")]
    [InlineData("Warning", "milter_command_timeout = 8s\n", "the filter may take 8s for an answer, and Postfix gives up before it; write: milter_command_timeout = 30s")]
    [InlineData("Warning", "milter_content_timeout = 4\n", "milter_content_timeout = 4: ")]
    [InlineData("Warning", "milter_connect_timeout = 1s\n", "milter_connect_timeout = 1s: ")]
    [InlineData("Warning", "smtpd_milters = {unix:miltercrypt/milter.sock, content_timeout=5s}\n", "smtpd_milters: unix:miltercrypt/milter.sock: content_timeout = 5s")]
    [InlineData("Warning", "milter_protocol = 2\n", "write: milter_protocol = 6")]
    [InlineData("Warning", "message_size_limit = 10000000000\n", "doesn't fit into spool.disk = 4294967296 bytes")]
    [InlineData("Warning", "header_size_limit = 2000000\n", "raise limits.header")]
    [InlineData("Warning", "mail_version = 3.8.5\n", "another header field than the filter means")]
    [InlineData("Error", "non_smtpd_milters = unix:/miltercrypt/milter.sock\n", "the service cleanup/unix, not chrooted, would find it as unix:/miltercrypt/milter.sock")]
    [InlineData("Error", "smtpd_milters = unix:miltercrypt/milter.sock tcp:localhost:8\n", "tcp:localhost:8: that is no address for Postfix")]
    [InlineData("Error", "smtpd_milters = unix:miltercrypt/milter.sock inet:8891@localhost\n", "that is no address for Postfix")]
    public void WhatIsWrongInMainCfIsFoundAlone(string level, string main, string text)
    {
        var finding = Assert.Single(Given.Postfix(Given.Filter(), main).Faults());
        Assert.Equal(level, finding.Level.ToString());
        Assert.StartsWith("/etc/postfix", finding.Text, StringComparison.Ordinal);
        Assert.Contains(text, finding.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("milter_default_action = accept\n", "master.cf: smtp/inet: -o milter_default_action = accept: when the filter is down or breaks off, Postfix delivers the plaintext, or half a message; write: -o milter_default_action=tempfail")]
    [InlineData("milter_command_timeout = 2s\n", "write: -o milter_command_timeout=30s")]
    [InlineData("smtpd_milters =\n", "master.cf: smtp/inet: -o smtpd_milters = : what the service smtp/inet takes passes by the filter")]
    [InlineData("receive_override_options = no_address_mappings,no_milters\n", "passes by the filter; take no_milters out")]
    public void WhatIsWrongInMasterCfIsFoundThere(string smtpd, string text) =>
        Assert.Contains(text, Assert.Single(Given.Postfix(Given.Filter(), smtpd: smtpd).Faults()).Text, StringComparison.Ordinal);

    [Fact]
    public void AListenerOnLoopbackThatCallsNoFilterIsWorthANoteAndOneForClientsAWarning()
    {
        var findings = Given.Postfix(
            Given.Filter(), services: [Given.SmtpServer("127.0.0.1:10025", "smtpd_milters =\n"), Given.SmtpServer("submission", "smtpd_milters =\n")]);
        Assert.Contains("submission/inet", Assert.Single(findings.Faults()).Text, StringComparison.Ordinal);
        Assert.Contains(findings, finding => finding.Level == FindingLevel.Note && finding.Text.Contains("127.0.0.1:10025/inet", StringComparison.Ordinal));
    }

    [Fact]
    public void AJailedServiceThatNamesThePathAsItIsOutsideIsToldWhereTheSocketMustBe()
    {
        var own = Given.Filter("unix:/run/miltercrypt/milter.sock");
        const string main = "smtpd_milters = unix:/run/miltercrypt/milter.sock\nnon_smtpd_milters = unix:/run/miltercrypt/milter.sock\n";
        var finding = Assert.Single(Given.Postfix(own, main).Faults());
        Assert.Equal(FindingLevel.Error, finding.Level);
        Assert.Contains("smtp/inet, chrooted in /var/spool/postfix (master.cf), would find it as unix:/var/spool/postfix/run/miltercrypt/milter.sock", finding.Text, StringComparison.Ordinal);
        Assert.Contains("address: unix:/var/spool/postfix/miltercrypt/milter.sock", finding.Text, StringComparison.Ordinal);
        Assert.Empty(Given.Postfix(own, main, chrooted: false).Faults());
    }

    [Theory]
    [InlineData("inet:127.0.0.1:8891", "inet:localhost:8891", true)]
    [InlineData("inet:8891@127.0.0.1", "inet:8891", true)]
    [InlineData("inet:0.0.0.0:8891", "inet:mail.example.org:8891", true)]
    [InlineData("inet:127.0.0.1:8891", "inet:127.0.0.1:8892", false)]
    [InlineData("inet:127.0.0.1:8891", "inet:192.0.2.1:8891", false)]
    [InlineData("local:/var/spool/postfix/m.sock", "unix:m.sock", true)]
    [InlineData("local:/var/spool/postfix//m.sock", "unix:/m.sock", true)]
    [InlineData("local:/var/spool/postfix/m.sock", "unix:n.sock", false)]
    [InlineData("systemd:milter", "unix:n.sock", true)]
    [InlineData("[systemd:milter, inet:127.0.0.1:8891]", "unix:n.sock", true)]
    public void BothNotationsOfOneAddressAreTheSame(string listen, string milter, bool same)
    {
        var findings = Given.Postfix(Given.Filter(listen), $"smtpd_milters = {milter}\nnon_smtpd_milters =\n");
        Assert.Equal(same, !findings.Any(finding => finding.Text.Contains("never calls the filter", StringComparison.Ordinal)));
    }

    [Fact]
    public void TheLargestMessageThatPassesIsTold()
    {
        var note = Assert.Single(Given.Postfix(Given.Filter(), "message_size_limit = 14000000\n"), finding => finding.Text.Contains("552", StringComparison.Ordinal));
        Assert.Contains("larger than about 10000000 bytes", note.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("smtpd_hard_error_limit = 1000\n", false)]
    [InlineData("smtpd_hard_error_limit = 20\n", true)]
    public void TheLimitOfRefusalsIsMentionedWhereItComesBeforeThatOfRecipients(string main, bool mentioned)
    {
        Assert.Equal(mentioned, Given.Postfix(Given.Filter(), main).Any(finding => finding.Text.Contains("hangs up with 421", StringComparison.Ordinal)));
        var harmless = Given.Filter() with { Settings = Given.Filter().Settings with { Rules = [] } };
        Assert.DoesNotContain(Given.Postfix(harmless, main), finding => finding.Text.Contains("421", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("2.11.3", true, true)]
    [InlineData("3.3.19", true, true)]
    [InlineData("3.4.23", false, true)]
    [InlineData("3.5.12", true, true)]
    [InlineData("3.5.25", false, true)]
    [InlineData("3.6.2", true, true)]
    [InlineData("3.6.15", false, false)]
    [InlineData("3.7.0", false, true)]
    [InlineData("3.7.11", false, false)]
    [InlineData("3.8-20230101", false, true)]
    [InlineData("3.9.0", false, false)]
    [InlineData("3.12-20260821", false, false)]
    [InlineData("strange", false, false)]
    public void ReleasesThatSpoilMailAreKnown(string version, bool spoilsBodies, bool spoilsHeaders)
    {
        var findings = Given.Postfix(Given.Filter(), $"mail_version = {version}\n");
        Assert.Equal(spoilsBodies, findings.Any(finding => finding.Text.Contains("spoil the queue file", StringComparison.Ordinal)));
        Assert.Equal(spoilsHeaders, findings.Any(finding => finding.Text.Contains("another header field", StringComparison.Ordinal)));
    }

    [Fact]
    public void WithoutAListenAnyFilterMayBeOurs()
    {
        var own = Given.Filter() with { Settings = new() };
        Assert.Empty(Given.Postfix(own).Faults());
        Assert.Single(Given.Postfix(own, "milter_default_action = accept\n").Faults());
    }
}
