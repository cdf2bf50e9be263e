using MilterCrypt.MailServers;
using MilterCrypt.MailServers.Postfix;

namespace MilterCrypt.Tests.MailServers;

/// <summary>The listener at which the filter hands mail back: each thing that can be wrong with it is found, alone.</summary>
public sealed class InjectionTests
{
    private const string Signer = "inet:127.0.0.1:8892";

    private const string Main = $"""
        smtpd_milters = unix:miltercrypt/milter.sock, {Signer}
        message_size_limit = 14336000
        mynetworks = 127.0.0.0/8 [::1]/128
        smtpd_client_event_limit_exceptions = $mynetworks
        smtpd_client_connection_count_limit = 0

        """;

    private const string Public = "message_size_limit = 10240000\n";

    [Theory]
    [InlineData("", "")]
    [InlineData("", "milter_macro_daemon_name = REINJECT\nsmtpd_milters = unix:miltercrypt/milter.sock, inet:127.0.0.1:8892\n")]
    [InlineData("", "receive_override_options = no_address_mappings\n")]
    [InlineData("smtpd_client_connection_count_limit = 50\nsmtpd_client_event_limit_exceptions = 127.0.0.0/8\n", "")]
    [InlineData("message_size_limit = 0\n", "")]
    [InlineData("mailbox_size_limit = 100000000\nmydestination = mx.example.org\nlocal_transport = local:$myhostname\n", "")]
    public void AGoodOneIsLeftInPeace(string main, string options) => Assert.Empty(Findings(main, options).Faults());

    [Theory]
    [InlineData("Error", "", "smtpd_milters = unix:miltercrypt/milter.sock, inet:127.0.0.1:8892\n", "what the filter hands back comes to it again; write there a list without it: -o smtpd_milters=inet:127.0.0.1:8892")]
    [InlineData("Error", "", "milter_macro_daemon_name = OTHER\nsmtpd_milters = unix:miltercrypt/milter.sock, inet:127.0.0.1:8892\n", "or: -o milter_macro_daemon_name=REINJECT, which is our reinject.daemon-name")]
    [InlineData("Warning", "", "smtpd_milters =\n", "inet:127.0.0.1:8892, which the listeners for clients call, isn't called here: it doesn't see what is handed back, and a signer signs what nobody gets; write: -o smtpd_milters=inet:127.0.0.1:8892")]
    [InlineData("Warning", "", "receive_override_options = no_milters\n", "receive_override_options = no_milters: inet:127.0.0.1:8892, which the listeners")]
    [InlineData("Warning", "virtual_alias_domains = x.example\ncanonical_maps = hash:x\n", "receive_override_options = no_address_mappings\n", "is left out of canonical_maps; take no_address_mappings out")]
    [InlineData("Warning", "smtpd_tls_security_level = encrypt\n", "", "main.cf: smtpd_tls_security_level = encrypt: on this machine the filter speaks without TLS, and is refused; write: -o smtpd_tls_security_level=none")]
    [InlineData("Warning", "smtpd_client_connection_count_limit = 50\nsmtpd_client_event_limit_exceptions = 192.0.2.0/24\n", "", "write: -o smtpd_client_connection_count_limit=0")]
    [InlineData("Warning", "smtpd_client_message_rate_limit = 5\nsmtpd_client_event_limit_exceptions =\n", "", "write: -o smtpd_client_message_rate_limit=0")]
    [InlineData("Warning", "", "mynetworks = 192.0.2.0/24\n", "this machine isn't among them")]
    [InlineData("Warning", "", "message_size_limit = 14000000\n", "master.cf: 127.0.0.1:10026/inet: -o message_size_limit = 14000000: what is handed back is 1.4 times as large as what a client sent, and clients may send 10240000 bytes; write in main.cf: message_size_limit = 14336000")]
    [InlineData("Warning", "message_size_limit = 10240000\n", "message_size_limit = 30000000\n", "message_size_limit = 10240000: what is handed back")]
    [InlineData("Warning", "mailbox_size_limit = 12000000\nmydestination = mx.example.org\nlocal_transport = local:$myhostname\n", "", "mailbox_size_limit = 12000000: a message of the size that clients may send (10240000 bytes) doesn't fit")]
    [InlineData("Warning", "virtual_mailbox_limit = 12000000\nvirtual_mailbox_domains = example.org\nvirtual_transport = virtual\n", "", "virtual_mailbox_limit = 12000000: ")]
    public void WhatIsWrongIsFoundAlone(string level, string main, string options, string text)
    {
        var finding = Assert.Single(Findings(main, options).Faults());
        Assert.Equal(level, finding.Level.ToString());
        Assert.Contains(text, finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsSignedGrowsMore()
    {
        var own = Given.Filter(more: "reinject: smtp://127.0.0.1:10026\nsecret-keys: {held-by: daemon}", rules: "{encrypt: always, sign: when-possible}");
        Assert.Contains("is 2 times as large", Assert.Single(Findings("", "", own).Faults()).Text, StringComparison.Ordinal);
        Assert.Empty(Findings("message_size_limit = 20480000\n", "", own).Faults());
    }

    [Fact]
    public void OneThatIsNotThereIsAnError()
    {
        var instance = Given.Instance(Main);
        var finding = Assert.Single(PostfixCheck.Of(instance, [instance], Own()).Findings.Faults());
        Assert.Equal(FindingLevel.Error, finding.Level);
        Assert.Contains("reinject: smtp://127.0.0.1:10026: no service listens there", finding.Text, StringComparison.Ordinal);

        // Unless another instance has it, or the filter hands back nothing, or elsewhere.
        var other = Given.Instance(Main) with { Directory = "/etc/postfix-in" };
        other = other with { Services = [other.Services[0] with { Name = "127.0.0.1:10026" }] };
        Assert.DoesNotContain(PostfixCheck.Of(instance, [instance, other], Own()).Findings, found => found.Text.Contains("reinject", StringComparison.Ordinal));
        Assert.Empty(PostfixCheck.Of(instance, [instance], Given.Filter()).Findings.Faults());
        Assert.Empty(PostfixCheck.Of(instance, [instance], Given.Filter(more: "reinject: smtp://192.0.2.1:10026")).Findings.Faults());
    }

    [Theory]
    [InlineData("10026", "", true)]
    [InlineData("192.0.2.1:10026", "", true)]
    [InlineData("10026", "inet_interfaces = loopback-only\n", false)]
    [InlineData("10026", "inet_interfaces = all\n", true)]
    [InlineData("[::1]:10026", "", false)]
    [InlineData("localhost:10026", "", false)]
    public void OneThatOthersReachIsFound(string name, string main, bool found) => Assert.Equal(
        found, Findings(main, "", name: name).Faults().Any(finding => finding.Text.Contains("other machines reach it", StringComparison.Ordinal)));

    [Theory]
    [InlineData(1, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(0, false)]
    [InlineData(null, false)]
    public void OneThatRunsTooSeldomIsFound(int? processes, bool found) => Assert.Equal(
        found, Findings("", "", processes: processes).Faults().Any(finding => finding.Text.Contains("the pieces of one message at once", StringComparison.Ordinal)));

    [Fact]
    public void AFilterThatNotAllListenersCallIsANote()
    {
        var instance = Instance("smtpd_milters = unix:miltercrypt/milter.sock\n", "smtpd_milters =\n");
        instance = instance with { Services = [.. instance.Services, Given.Service("submission", "inet", "smtpd", Main + Public, $"smtpd_milters = unix:miltercrypt/milter.sock {Signer}\n")] };
        var findings = PostfixCheck.Of(instance, [instance], Own()).Findings;
        Assert.Empty(findings.Faults());
        Assert.Contains(findings, finding => finding.Text.Contains(Signer + ", which the listeners for clients call", StringComparison.Ordinal));
    }

    /// <summary>Whom such a filter refuses would get a split message all the same.</summary>
    [Theory]
    [InlineData("unix:miltercrypt/milter.sock, inet:127.0.0.1:8892", true, true)]
    [InlineData("inet:127.0.0.1:8892, unix:miltercrypt/milter.sock", true, false)]
    [InlineData("unix:miltercrypt/milter.sock, inet:127.0.0.1:8892", false, false)]
    public void AFilterBehindOursIsNamedWhereMailIsHandedOver(string list, bool handsOver, bool isNamed)
    {
        var instance = Given.Instance(Main + $"smtpd_milters = {list}\n", Public, services: [Given.Service("127.0.0.1:10026", "inet", "smtpd", Main, "smtpd_milters =\n")]);
        var findings = PostfixCheck.Of(instance, [instance], handsOver ? Own() : Given.Filter()).Findings;
        Assert.Equal(isNamed, findings.Any(finding => finding.Text.Contains($"{Signer} is asked behind this filter", StringComparison.Ordinal)));
        // Nor does one that stands before ours have to see what is handed back.
        Assert.Equal(isNamed, findings.Any(finding => finding.Text.Contains("isn't called here", StringComparison.Ordinal)));
    }

    private static OwnFilter Own() => Given.Filter(more: "reinject: {address: 'smtp://127.0.0.1:10026', daemon-name: REINJECT, connections: 5}");

    private static IReadOnlyList<Finding> Findings(string main, string options, OwnFilter? own = null, string name = "127.0.0.1:10026", int? processes = null)
    {
        var instance = Instance(main, options, name, processes);
        return PostfixCheck.Of(instance, [instance], own ?? Own()).Findings;
    }

    private static PostfixInstance Instance(string main, string options, string name = "127.0.0.1:10026", int? processes = null) => Given.Instance(Main + main, Public, services:
    [
        Given.Service(name, "inet", "smtpd", Main + main, options.Contains("smtpd_milters", StringComparison.Ordinal) ? options : options + $"smtpd_milters = {Signer}\n") with { MostProcesses = processes },
        Given.Service("local", "unix", "local", Main + main),
    ]);
}
