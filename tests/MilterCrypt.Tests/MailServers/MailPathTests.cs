using MilterCrypt.MailServers;
using MilterCrypt.MailServers.Postfix;

namespace MilterCrypt.Tests.MailServers;

/// <summary>The mail's way through a Postfix is drawn as it is, and each way around the filter is found, alone.</summary>
public sealed class MailPathTests
{
    private const string Ingress = "unix:/var/spool/postfix/miltercrypt/milter.sock";
    private const string Both = $"[{{address: {Ingress}}}, {{address: unix:/var/spool/postfix/miltercrypt/egress.sock, role: egress}}]";

    private const string Usual = """
        mydestination = mx.example.org
        local_transport = local:$myhostname
        default_transport = smtp
        relay_transport = relay
        bounce_size_limit = 1

        """;

    private const string ToSecondHop = Usual + "default_transport = egress:[127.0.0.1]:10027\nmessage_size_limit = 14336000\n";

    [Fact]
    public void APostfixWithoutASecondHopIsDrawn()
    {
        var instance = Given.Instance(Usual + "relayhost = [relay.example]:25\nalias_maps = hash:/etc/aliases\n", services:
        [
            .. UsualServices(Usual), Given.SmtpServer("submission", "smtpd_milters =\n"), Given.SmtpServer("127.0.0.1:10026", "smtpd_milters =\n"),
        ]);
        Assert.Equal(
            """
            postfix (/etc/postfix): how mail goes
              smtp (25)             -> miltercrypt (ingress) -> queue
              submission (587)      -> AROUND THE FILTER     -> queue
              127.0.0.1:10026       -> no filter (injection) -> queue
              pickup (sendmail)     -> miltercrypt (ingress) -> queue
              bounce (reports)      -> AROUND THE FILTER     -> queue
              local (aliases)       -> AROUND THE FILTER     -> queue
              postsuper (-H, -r)    -> AROUND THE FILTER     -> queue
              queue -> local (users of this machine)
              queue -> smtp -> [relay.example]:25
            ways around the filter:
              submission (587)
              bounce (reports)
              local (aliases)
              postsuper (-H, -r)
            """,
            Drawing(instance, Given.Filter(more: "reinject: smtp://127.0.0.1:10026")));
    }

    [Fact]
    public void ASecondHopIsDrawnAndNothingGoesAround()
    {
        var instance = TwoHops("alias_maps = hash:/etc/aliases\nalways_bcc = archive@vault.example\n", more: [Given.SmtpServer("submission", "smtpd_milters =\n")]);
        Assert.Equal(
            """
            postfix (/etc/postfix): how mail goes
              smtp (25)             -> miltercrypt (ingress) -> queue
              submission (587)      -> no filter yet         -> queue
              pickup (sendmail)     -> miltercrypt (ingress) -> queue
              bounce (reports)      -> no filter yet         -> queue
              local (aliases)       -> no filter yet         -> queue
              always_bcc            -> no filter yet         -> queue
              postsuper (-H, -r)    -> no filter yet         -> queue
              queue -> local (users of this machine)
              queue -> egress -> [127.0.0.1]:10027, the second hop
              127.0.0.1:10027       -> miltercrypt (egress)  -> smtp -> the domain's MX
            ways around the filter: none
            """,
            Drawing(instance, Given.Filter(Both)));
        Assert.Empty(Findings(instance).Faults());
    }

    [Theory]
    [InlineData("alias_maps = hash:/etc/aliases\n", "alias_maps = hash:/etc/aliases: where an alias or a user's ~/.forward leads to the outside")]
    [InlineData("luser_relay = else@partner.example\n", "luser_relay = else@partner.example: where it leads to the outside")]
    [InlineData("virtual_alias_maps = hash:/etc/postfix/virtual\n", "virtual_alias_maps = ")]
    [InlineData("always_bcc = archive@vault.example\n", "always_bcc = archive@vault.example: copies go to addresses that the filter isn't asked about")]
    [InlineData("sender_bcc_maps = hash:x\n", "sender_bcc_maps = ")]
    [InlineData("recipient_bcc_maps = hash:x\n", "recipient_bcc_maps = ")]
    [InlineData("bounce_size_limit = 50000\n", "bounce_size_limit = 50000: Postfix's reports of mail that can't be delivered pass by the filter, and return that mail")]
    public void WhatIsAddedBehindTheFilterIsFoundAloneUnlessASecondHopSeesIt(string main, string text)
    {
        Assert.Empty(Given.Postfix(Given.Filter(), Usual, services: UsualServices(Usual)).Faults());
        var finding = Assert.Single(Given.Postfix(Given.Filter(), Usual + main, services: UsualServices(Usual + main)).Faults());
        Assert.Equal(FindingLevel.Warning, finding.Level);
        Assert.Contains(text, finding.Text, StringComparison.Ordinal);
        Assert.Empty(Findings(TwoHops(main)).Faults());

        // Where nothing has to be secret, it is worth a note.
        var open = Given.Filter(rules: "{encrypt: when-possible}");
        Assert.Empty(Given.Postfix(open, Usual + main, services: UsualServices(Usual + main)).Faults());
    }

    [Fact]
    public void ReportsThatTheFilterIsAskedAboutAreNoWayAround()
    {
        const string main = Usual + "bounce_size_limit = 50000\ninternal_mail_filter_classes = bounce\n";
        Assert.Empty(Given.Postfix(Given.Filter(), main, services: UsualServices(main)).Faults());
    }

    [Fact]
    public void AliasesOfAServerWithoutLocalUsersLeadNowhere() => Assert.Empty(
        Given.Postfix(Given.Filter(), Usual + "mydestination =\nalias_maps = hash:/etc/aliases\n", services: UsualServices(Usual)).Faults());

    [Theory]
    [InlineData("", "smtpd_milters = unix:miltercrypt/egress.sock\n", "Error", "mail circles until it is returned; write there: -o content_filter=smtp:")]
    [InlineData("", "smtpd_milters = unix:miltercrypt/egress.sock\ncontent_filter = egress:[127.0.0.1]:10027\n", "Error", "mail circles")]
    [InlineData("transport_maps = hash:/etc/postfix/transport\n", "", "Warning", "around the second hop; let its entries for the outside say egress:[127.0.0.1]:10027")]
    [InlineData("sender_dependent_default_transport_maps = hash:x\n", "", "Warning", "main.cf: sender_dependent_default_transport_maps = hash:x: ")]
    [InlineData("smtp_fallback_relay = [other.example]\n", "", "Warning", "main.cf: smtp_fallback_relay = [other.example]: when the second hop is down, mail leaves by that one without it; write in master.cf, for the service egress: -o smtp_fallback_relay=")]
    [InlineData("content_filter = smtp:[relay.example]\n", "", "Warning", "content_filter = smtp:[relay.example]: what the service smtp/inet takes leaves that way")]
    public void WaysAroundASecondHopAreFound(string main, string listener, string level, string text)
    {
        var faults = Findings(TwoHops(main, listener)).Faults().Where(finding => !finding.Text.Contains("pickup/unix takes", StringComparison.Ordinal)).ToList();
        var finding = Assert.Single(faults);
        Assert.Equal(level, finding.Level.ToString());
        Assert.Contains(text, finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void ASecondHopThatAsksTheWrongSocketIsToldOf()
    {
        var findings = Findings(TwoHops(listener: "smtpd_milters = unix:miltercrypt/milter.sock\ncontent_filter = smtp:\n"));
        Assert.Empty(findings.Faults());
        Assert.Contains(findings, finding => finding.Text.Contains("write for its address: role: egress", StringComparison.Ordinal));
        // One that asks nobody is none.
        Assert.DoesNotContain("second hop", Drawing(TwoHops(listener: "smtpd_milters =\ncontent_filter = smtp:\n"), Given.Filter(Both)), StringComparison.Ordinal);
    }

    [Fact]
    public void WithAKeyBetweenTheHopsTheSecondMustBeThere()
    {
        const string key = "hop-key: file:/etc/miltercrypt/hop.key";
        var own = Given.Filter(Both, key);
        var whole = TwoHops();
        Assert.Empty(PostfixCheck.Of(whole, [whole], own).Findings.Faults());
        var without = Given.Instance(Usual, services: UsualServices(Usual));
        var faults = PostfixCheck.Of(without, [without], own).Findings.Faults().ToList();
        Assert.Equal(["smtp/inet", "pickup/unix"], faults.Select(finding => finding.Text.Split("the listener that ")[1].Split(' ')[0]));
        Assert.All(faults, finding => Assert.Equal(FindingLevel.Error, finding.Level));
        // One that asks the listener that only refuses is none.
        var wrong = TwoHops(listener: "smtpd_milters = unix:miltercrypt/milter.sock\ncontent_filter = smtp:\n");
        Assert.NotEmpty(PostfixCheck.Of(wrong, [wrong], own).Findings.Faults());
    }

    [Fact]
    public void ASecondHopMayBeAnotherInstance()
    {
        var first = Given.Instance(Usual + "relayhost = [127.0.0.1]:10027\nalias_maps = hash:x\n", services: UsualServices(Usual));
        var second = Given.Instance(Usual + "smtpd_milters =\n", "smtpd_milters = unix:miltercrypt/egress.sock\n") with { Directory = "/etc/postfix-out" };
        second = second with { Services = [second.Services[0] with { Name = "127.0.0.1:10027" }] };
        var (drawing, findings) = PostfixCheck.Of(first, [first, second], Given.Filter(Both));
        Assert.Empty(findings.Faults());
        Assert.Contains("  127.0.0.1:10027       -> miltercrypt (egress)  -> queue of postfix-out", drawing);
        Assert.Contains("  127.0.0.1:10027       -> miltercrypt (egress)  -> queue", PostfixCheck.Of(second, [first, second], Given.Filter(Both)).Drawing);
        Assert.NotEmpty(PostfixCheck.Of(first, [first], Given.Filter(Both)).Findings.Faults());
    }

    [Theory]
    [InlineData("[127.0.0.1]:10027", 10027)]
    [InlineData("127.0.0.1:10027", 10027)]
    [InlineData("localhost:submission", 587)]
    [InlineData("[::1]:25", 25)]
    [InlineData("[127.0.0.1]", 25)]
    [InlineData("[192.0.2.1]:25", null)]
    [InlineData("relay.example:25", null)]
    [InlineData("[127.0.0.1]25", null)]
    [InlineData("[127.0.0.1", null)]
    [InlineData("[127.0.0.1]:", null)]
    [InlineData("[127.0.0.1]:70000", null)]
    [InlineData(":", null)]
    [InlineData("", null)]
    public void APortOfThisMachineIsRead(string text, int? port) => Assert.Equal(port, PostfixRoute.PortOf(text));

    [Fact]
    public void NoLineIsWiderThanATerminal()
    {
        var instance = Given.Instance(Usual + $"relayhost = [{new string('x', 300)}.example]\n", services:
            [.. UsualServices(Usual), Given.SmtpServer(new string('y', 300), "")]);
        Assert.All(Drawing(instance, Given.Filter()).Split('\n'), line => Assert.True(line.Length <= 76 && line.All(c => c is >= ' ' and <= '~'), line));
    }

    private static PostfixInstance TwoHops(string main = "", string listener = "", params PostfixService[] more) => Given.Instance(ToSecondHop + main, "message_size_limit = 10240000\n", services:
    [
        .. UsualServices(ToSecondHop + main),
        Given.Service("egress", "unix", "smtp", ToSecondHop + main),
        Given.Service("127.0.0.1:10027", "inet", "smtpd", ToSecondHop + main, listener.Length > 0 ? listener : "smtpd_milters = unix:miltercrypt/egress.sock\ncontent_filter = smtp:\n"),
        .. more,
    ]);

    private static PostfixService[] UsualServices(string main) =>
    [
        Given.Service("qmgr", "unix", "qmgr", main), Given.Service("bounce", "unix", "bounce", main),
        Given.Service("local", "unix", "local", main), Given.Service("smtp", "unix", "smtp", main), Given.Service("relay", "unix", "smtp", main),
    ];

    private static IReadOnlyList<Finding> Findings(PostfixInstance instance) => PostfixCheck.Of(instance, [instance], Given.Filter(Both)).Findings;

    private static string Drawing(PostfixInstance instance, OwnFilter own) => string.Join('\n', PostfixCheck.Of(instance, [instance], own).Drawing);
}
