using System.Net;
using Microsoft.Extensions.Logging;
using MilterCrypt.Configuration;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Listening;

namespace MilterCrypt.Tests.Configuration;

public sealed class ConfigurationReadingTests
{
    [Theory]
    [InlineData("rules: [{match: {role: ingress}, encrypt: always}]")]
    [InlineData("hop-key: file:/k\nrules: [{match: {role: ingress}, encrypt: never}]")]
    [InlineData("hop-key: file:/k\nrules: [{match: {role: ingress}, without-key: reject}]")]
    [InlineData("hop-key: file:/k\nrules: [{match: {role: egress}, encrypt: always}]")]
    public void ARuleForOneHopIsTakenWhereThatHopDoesWhatItSays(string text) => Assert.Single(Read(text).Rules);

    [Fact]
    public void TwoLinesAreAWholeConfiguration()
    {
        var settings = Read("store: sqlite:/path/keys.db\nrules: [{encrypt: always, without-key: reject}]\n");

        Assert.Equal("/path/keys.db", settings.Store?.Path);
        var rule = Assert.Single(settings.Rules);
        Assert.Equal(("rule 1", 2, EncryptMode.Always, (WithoutKey?)WithoutKey.Reject), (rule.Name, rule.Line, rule.Choices.Encrypt, rule.Choices.WithoutKey));
        Assert.True(rule.Match.IsEverything);
    }

    [Fact]
    public void EverySettingIsRead()
    {
        var settings = Read(
            """
            listen:
              - address: local:/run/m.sock
                mode: 0666
                group: postfix
              - {address: systemd:behind-queue, role: egress, connections: 30}
              - inet:8891@127.0.0.1
            store: sqlite:/k.db
            spool: {directory: /spool, message-memory: 1 MiB, memory: 128MB, disk: 5G}
            log: {format: json, level: warning}
            http: {address: '[::1]:8892'}
            limits: {connections: 20, recipients: 50, header: 200KiB}
            timeouts: {verdict: 90s, idle: 3h, stop: 1m}
            rules:
              - name: first
                match: {sender: [<>, a@b.example], recipient: '*@c.example', domain: c.example, user: alice}
                encrypt: always
                without-key: defer
              - encrypt: when-possible
            """);

        Assert.Equal(
            [new MilterEndpoint.Unix("/run/m.sock"), new MilterEndpoint.Systemd("behind-queue"), new MilterEndpoint.Inet("127.0.0.1", 8891, false)],
            settings.Listen.Select(listen => listen.Address));
        Assert.Equal(Convert.ToInt32("666", 8), (int)settings.Listen[0].Socket.Mode);
        Assert.Equal("postfix", settings.Listen[0].Socket.Group);
        Assert.Equal([(ListenerRole.Ingress, null), (ListenerRole.Egress, 30), (ListenerRole.Ingress, null)], settings.Listen.Select(listen => (listen.Role, listen.Connections)));
        Assert.Equal(("/spool", 1 << 20, 128_000_000L, 5L << 30), (settings.Spool.Directory, settings.Spool.MessageMemory, settings.Spool.Memory, settings.Spool.Disk));
        Assert.Equal((LogFormat.Json, LogLevel.Warning), (settings.Log.Format, settings.Log.Level));
        Assert.Equal(new HttpSettings(new IPEndPoint(IPAddress.IPv6Loopback, 8892)), settings.Http);
        Assert.Equal((20, 50, 200 * 1024), (settings.Limits.Connections, settings.Limits.Recipients, settings.Limits.Header));
        Assert.Equal((90, 10800, 60), (settings.Timeouts.Verdict.TotalSeconds, settings.Timeouts.Idle.TotalSeconds, settings.Timeouts.Stop.TotalSeconds));
        var match = settings.Rules[0].Match;
        Assert.Equal((2, 1, 1, 1), (match.Senders.Count, match.Recipients.Count, match.Domains.Count, match.Users.Count));
        Assert.Equal(("first", WithoutKey.Defer, 14), (settings.Rules[0].Name, settings.Rules[0].Choices.WithoutKey, settings.Rules[0].Line));
        Assert.Equal(EncryptMode.WhenPossible, settings.Rules[1].Choices.Encrypt);
    }

    [Fact]
    public void WhoMayUseSecretKeysIsRead()
    {
        var settings = Read("""
            listen:
              - {address: unix:/a, trusted-peers: [root, 1234]}
              - {address: 'inet:127.0.0.1:1', trusted-peers: anyone}
              - unix:/b
            secret-keys: {passphrase: 'credential:keys', directory: /k, peers: 0}
            signers: [{user: [alice, 'sales-*'], address: '*@example.org'}]
            rules: [{encrypt: always, sign: when-possible, decrypt: when-possible}]
            """);
        var peers = settings.Listen.Select(listen => listen.TrustedPeers).ToList();
        Assert.Equal([0u, 1234u], peers[0].Users);
        Assert.Equal((true, false, true), (peers[0].Trust(new PeerCredentials(1234, 5, 6)), peers[0].Trust(new PeerCredentials(1235, 1234, 6)), peers[2].AreNobody));
        Assert.Equal((false, true), (peers[0].Trust(null), peers[1].Trust(null)));
        Assert.Equal((false, false), (peers[1].Trust(new PeerCredentials(0, 0, 1)), peers[2].Trust(null)));
        Assert.Equal(
            new SecretKeySettings { Passphrase = new SecretSource.Credential("keys"), Directory = "/k", Peers = settings.SecretKeys?.Peers },
            settings.SecretKeys);
        Assert.Equal([0u], settings.SecretKeys?.Peers);
        Assert.Equal((2, 1), (settings.Signers[0].Users.Count, settings.Signers[0].Addresses.Count));
        Assert.Equal((SignMode.WhenPossible, DecryptMode.WhenPossible), (settings.Rules[0].Choices.Sign, settings.Rules[0].Choices.Decrypt));
    }

    [Fact]
    public void ThePolicyIsRead()
    {
        var settings = Read("""
            secret-keys: {held-by: daemon}
            local-domains: [example.org, '*.example.org']
            own-networks: [127.0.0.0/8, 192.0.2.0/24, '2001:db8::/32']
            policy:
              defaults: {encrypt: when-possible, without-key: reject, reports-without-key: defer, mode: report, escrow: [a@escrow.example, b@escrow.example]}
              directions:
                outbound: {sign: when-possible}
                inbound: {encrypt: never, decrypt: when-possible}
                internal: {encrypt: never}
              domains:
                partner.example: {encrypt: always, mixed: separate}
                '*.partner.example': {without-key: clear, form: openpgp}
              addresses:
                bob@partner.example: {encrypt: never}
                'postmaster@*': {bcc: with-others}
            rules:
              - {match: {direction: [inbound, internal], user: alice}, mode: enforce}
            """);

        Assert.Equal(
            [("defaults", 5), ("direction outbound", 7), ("direction inbound", 8), ("direction internal", 9), ("domain partner.example", 11),
                ("domain *.partner.example", 12), ("address bob@partner.example", 14), ("address postmaster@*", 15)],
            settings.Policy.Entries.Select(entry => (entry.Name, entry.Line)).OrderBy(entry => entry.Line));
        Assert.Equal((2, 3), (settings.LocalDomains?.Count, settings.OwnNetworks.Count));

        var partner = DecisionOf(settings, "carol@partner.example");
        Assert.Equal(
            ("domain partner.example", EncryptMode.Always, WithoutKey.Reject, ReportsWithoutKey.Defer, SignMode.WhenPossible, MixedMode.Separate, EnforcementMode.Report),
            (partner.RuleName, partner.Encrypt, partner.WithoutKey, partner.ReportsWithoutKey, partner.Sign, partner.Mixed, partner.Mode));
        Assert.Equal(["a@escrow.example", "b@escrow.example"], partner.Escrow.Select(address => address.ToString()));
        var below = DecisionOf(settings, "carol@sub.partner.example");
        Assert.Equal(("domain *.partner.example", EncryptMode.WhenPossible, WithoutKey.Clear, FormMode.OpenPgp), (below.RuleName, below.Encrypt, below.WithoutKey, below.Form));
        Assert.Equal(("address bob@partner.example", EncryptMode.Never), (DecisionOf(settings, "bob@partner.example").RuleName, DecisionOf(settings, "bob@partner.example").Encrypt));
        Assert.Equal(("address postmaster@*", BccMode.WithOthers), (DecisionOf(settings, "postmaster@partner.example").RuleName, DecisionOf(settings, "postmaster@partner.example").Bcc));
        Assert.Equal(("direction inbound", DecryptMode.WhenPossible), (DecisionOf(settings, "bob@example.org").RuleName, DecisionOf(settings, "bob@example.org").Decrypt));
        var rule = DecisionOf(settings, "bob@example.org", user: "alice");
        Assert.Equal(("rule 1", EncryptMode.Never, DecryptMode.Never, EnforcementMode.Enforce), (rule.RuleName, rule.Encrypt, rule.Decrypt, rule.Mode));
        Assert.Equal("direction internal", rule.Origins()["encrypt"].Name);
        Assert.Equal("defaults", rule.Origins()["escrow"].Name);
    }

    [Fact]
    public void EachKindOfMatchIsRead()
    {
        var rule = Assert.Single(Read("""
            rules:
              - match:
                  role: egress
                  client: [local, 192.0.2.0/24]
                  tls: false
                  from: ['*@example.org', boss@example.org]
                  header: [X-Encrypt, 'Sensitivity: company-*']
                  subject: ['[secure]', '[encrypt]']
                  content-type: [multipart/signed, 'text/*']
                  list-mail: true
                  larger-than: 1KiB
                  smaller-than: 10MB
                encrypt: always
                remove-trigger: true
            """).Rules);
        var match = rule.Match;
        Assert.Equal((true, false, true, 1024L, 10_000_000L, true), (match.IsEgress, match.Tls, match.IsListMail, match.LargerThan, match.SmallerThan, rule.RemovesTriggers));
        Assert.Equal(["local", "192.0.2.0/24"], match.Clients.Select(client => client.ToString()));
        Assert.Equal(["*@example.org", "boss@example.org"], match.Authors.Select(author => author.ToString()));
        Assert.Equal(["multipart/signed", "text/*"], match.ContentTypes.Select(type => type.ToString()));
        Assert.Equal(
            [new Trigger.Field("X-Encrypt", null), new Trigger.Field("Sensitivity", "company-*"), new Trigger.InSubject("[secure]"), new Trigger.InSubject("[encrypt]")],
            match.Triggers);
    }

    /// <summary>What was written before there was a policy means what it meant.</summary>
    [Fact]
    public void RulesAloneHaveTheWholeSay()
    {
        var settings = Read("rules: [{match: {domain: partner.example}, encrypt: always}, {match: {domain: other.example}, encrypt: when-possible}, {match: {sender: <>}, encrypt: never}]");
        var silent = new PolicyDecision("");
        foreach (var (recipient, name, encrypt) in (IEnumerable<(string, string, EncryptMode)>)
            [("a@partner.example", "rule 1", EncryptMode.Always), ("a@other.example", "rule 2", EncryptMode.WhenPossible), ("a@else.example", "no rule", EncryptMode.Never)])
        {
            var decision = DecisionOf(settings, recipient);
            Assert.Equal(silent with { RuleName = name, Encrypt = encrypt, Entries = decision.Entries }, decision);
        }
    }

    [Fact]
    public void DefaultsMaySayWhatHoldsWhereSomethingElseHasMailEncrypted()
    {
        var settings = Read("policy: {defaults: {encrypt: never, without-key: defer, escrow: a@escrow.example}, domains: {partner.example: {encrypt: always}}}");
        Assert.Equal((EncryptMode.Always, WithoutKey.Defer), (DecisionOf(settings, "bob@partner.example").Encrypt, DecisionOf(settings, "bob@partner.example").WithoutKey));
    }

    [Fact]
    public void WhereMessagesAreHandedBackIsRead()
    {
        var settings = Read("""
            reinject: {address: 'smtp://[::1]:10026', daemon-name: reinjection, connections: 5, bcc-copies: 0}
            journal: /var/lib/miltercrypt/journal.db
            journal-keep: 8d
            hop-key: [credential:hop, file:/etc/miltercrypt/old-hop]
            recipient-delimiter: '+-'
            aliases:
              - {address: sales@example.org, keys-of: [alice@example.org, bob@example.org], readdress: true}
              - {address: help@example.org, keys-of: carol@example.org}
            """);
        Assert.Equal(("smtp://[::1]:10026", "reinjection", 5, 0), (settings.Reinject?.Target.ToString(), settings.Reinject?.DaemonName, settings.Reinject?.Connections, settings.Reinject?.BccCopies));
        Assert.Equal(new JournalSettings { Path = "/var/lib/miltercrypt/journal.db", Keep = TimeSpan.FromDays(8) }, settings.Journal);
        Assert.Equal([new SecretSource.Credential("hop"), new SecretSource.File("/etc/miltercrypt/old-hop")], settings.HopKeys);
        Assert.Equal("+-", settings.RecipientDelimiter);
        Assert.Equal([("sales@example.org", 2, true), ("help@example.org", 1, false)], settings.Aliases.Select(alias => (alias.Address.ToString(), alias.KeysOf.Count, alias.Readdress)));
        Assert.Equal(("smtp://127.0.0.1:10026", null, 20, 10), Read("reinject: smtp://127.0.0.1:10026").Reinject is { } simple ? (simple.Target.ToString(), simple.DaemonName, simple.Connections, simple.BccCopies) : default);
        Assert.Equal("", Read("recipient-delimiter: ''").RecipientDelimiter);
        Assert.Equal([new SecretSource.File("/k")], Read("hop-key: file:/k").HopKeys);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but words\n")]
    public void AnEmptyFileHasTheDefaults(string yaml) => Assert.Equal(new SpoolSettings(), Read(yaml).Spool);

    /// <summary>The table, which people read, and the code, which decides, must say the same.</summary>
    [Fact]
    public void TheDefaultsAreThoseOfTheTable()
    {
        var defaults = new Settings();
        foreach (var setting in SettingTable.All.Where(setting => setting.Default.Length > 0 && !setting.Path.Contains('[', StringComparison.Ordinal) && !setting.Path.StartsWith("reinject", StringComparison.Ordinal) && !setting.Path.StartsWith("held", StringComparison.Ordinal)))
        {
            string[] path = setting.Path.Split('.');
            var stated = Read(path is [var whole] ? $"{whole}: {setting.Default}\n" : $"{path[0]}: {{{path[1]}: {setting.Default}}}\n");
            var expected = path[0] == "secret-keys" ? defaults with { SecretKeys = new SecretKeySettings() } : defaults;
            Assert.Equal(expected with { Listen = stated.Listen, Rules = stated.Rules, Signers = stated.Signers }, stated);
        }
        var listen = Assert.Single(Read("listen: {address: unix:/a, mode: " + DefaultOf("listen[].mode") + "}").Listen);
        Assert.Equal(new MilterSocketOptions().Mode, listen.Socket.Mode);
        Assert.Equal(listen, Assert.Single(Read("listen: {address: unix:/a, role: " + DefaultOf("listen[].role") + "}").Listen));
        var reinject = Read("reinject: 'smtp://[::1]:10026'").Reinject;
        Assert.Equal(reinject, Read($"reinject: {{address: 'smtp://[::1]:10026', connections: {DefaultOf("reinject.connections")}, bcc-copies: {DefaultOf("reinject.bcc-copies")}}}").Reinject);
        Assert.Equal(Read("held: {directory: /h}").Held, Read($"held: {{directory: /h, disk: {DefaultOf("held.disk")}, keep: {DefaultOf("held.keep")}}}").Held);
        string alias = "aliases: [{address: a@b.example, keys-of: c@b.example";
        Assert.Equal(Read(alias + "}]").Aliases[0].Readdress, Read($"{alias}, readdress: {DefaultOf("aliases[].readdress")}}}]").Aliases[0].Readdress);
    }

    [Fact]
    public void WhatNoEntrySaysIsTheDefaultOfTheTable()
    {
        var silent = new PolicyDecision("defaults");
        foreach (string key in ChoicesReader.Keys.Where(key => key != "escrow"))
        {
            var stated = Read($"secret-keys: {{held-by: daemon}}\npolicy: {{defaults: {{{key}: {DefaultOf($"rules[].{key}")}}}}}");
            Assert.Equal(silent, Assert.IsType<PolicyAnswer.Decided>(stated.PolicyTable().Decide(Mail, Recipient)).Decision with { Entries = silent.Entries });
        }
    }

    [Theory]
    [InlineData("rules: [{encrypt: always, match: {domain: a.example}}]", "no rule is for all mail")]
    [InlineData("rules: [{encrypt: always}, {encrypt: never, match: {domain: a.example}}]", "rule 2 (line 1) never decides: rule 1 (line 1) before it matches all that it would")]
    [InlineData("rules: [{match: {subject: '[x]'}, encrypt: always}, {match: {subject: '[x]', tls: true}, encrypt: always}, {encrypt: always}]", "rule 2 (line 1) never decides: rule 1 (line 1) before it matches")]
    [InlineData("rules: [{match: {header: 'X-Encrypt: no'}, encrypt: never}, {encrypt: always}]", "rule 1 (line 1) lets mail leave in clear by what its header says, which anybody may write there")]
    [InlineData("rules: [{match: {subject: '[clear]', sender: '*@a.example'}, encrypt: never}, {encrypt: always}]", "rule 1 (line 1) lets mail leave in clear")]
    [InlineData("rules: [{match: {from: 'a@b.example'}, encrypt: never}, {encrypt: always}]", "rule 1 (line 1) lets mail leave in clear")]
    [InlineData("rules: [{match: {content-type: text/calendar}, encrypt: never}, {encrypt: always}]", "rule 1 (line 1) lets mail leave in clear")]
    [InlineData("rules: [{name: x, match: {list-mail: true}, encrypt: always, without-key: clear}, {encrypt: always}]", "x (line 1) lets mail leave in clear")]
    [InlineData("local-domains: a.example\nrules: [{match: {subject: x, direction: [inbound, outbound]}, encrypt: never}, {encrypt: always}]", "rule 1 (line 2) lets mail leave in clear")]
    [InlineData("rules: [{match: {subject: '[public]'}, encrypt: when-possible}, {encrypt: always}]", "rule 1 (line 1) lets mail leave in clear where there is no key by what its header says, which anybody may write there, in place of what rule 2 (line 1) demands: `user`")]
    [InlineData("rules: [{match: {header: 'X-Trial: yes'}, mode: report}, {encrypt: always}]", "rule 1 (line 1) lets mail leave as it came (mode: report) by what its header says")]
    [InlineData("policy: {addresses: {a@b.example: {encrypt: always}}}\nrules: [{match: {header: X-A}, encrypt: when-possible}]", "rule 1 (line 2) lets mail leave in clear where there is no key by what its header says, which anybody may write there, in place of what address a@b.example (line 1) demands")]
    [InlineData("rules: [{match: {subject: '[x]', domain: a.example}, encrypt: when-possible}, {match: {domain: [b.example, '*.example']}, encrypt: always}, {encrypt: never}]", "rule 1 (line 1) lets mail leave in clear where there is no key")]
    [InlineData("rules: [{match: {subject: '[x]'}, mixed: separate}, {encrypt: always}]", "rule 1 (line 1) lets mail leave in clear by what its header says")]
    [InlineData("rules: [{match: {subject: '[x]'}, encrypt: always}, {encrypt: always, minimum-trust: verified}]", "rule 1 (line 1) lets mail leave encrypted to keys that nobody has verified by what its header says")]
    [InlineData("policy: {defaults: {encrypt: always, minimum-trust: verified}}\nrules: [{match: {subject: '[x]'}, minimum-trust: imported}]", "rule 1 (line 2) lets mail leave encrypted to keys that nobody has verified by what its header says")]
    [InlineData("held: {directory: /h}\nrules: [{encrypt: always, without-key: hold}]", "without-key: hold, yet there is no `escrow` anywhere")]
    [InlineData("store: sqlite:/k", "there are no rules and no policy: all mail is left alone")]
    [InlineData("rules: [{encrypt: never}]\nhttp: {address: '0.0.0.0:8892'}", "http.address: 0.0.0.0:8892 is not on the loopback interface: whoever reaches it reads the metrics")]
    [InlineData("rules: [{encrypt: never}]\ntimeouts: {verdict: 6m}", "timeouts.verdict: Sendmail gives a message up")]
    [InlineData("rules: [{encrypt: never}]\ntimeouts: {idle: 7210s}", "timeouts.idle: no more than 7210s")]
    [InlineData("secret-keys: {held-by: daemon}\nlisten: unix:/a\nrules: [{encrypt: always, sign: when-possible}]", "rules sign or decrypt, yet no `listen` has trusted-peers")]
    [InlineData("secret-keys: {held-by: daemon}\nlisten: unix:/a\nrules: [{encrypt: never, decrypt: when-possible}]", "rules sign or decrypt, yet no `listen` has trusted-peers")]
    public void WhatIsHardlyMeantIsPointedOut(string yaml, string suspicion) =>
        Assert.Contains(SuspicionList.Of(Read(yaml)), said => said.StartsWith(suspicion, StringComparison.Ordinal));

    [Fact]
    public void NothingIsPointedOutInASoundFile() =>
        Assert.Empty(SuspicionList.Of(Read("rules: [{encrypt: always, match: {domain: a.example}}, {encrypt: always, match: {domain: b.example}}, {encrypt: never}]")));

    [Theory]
    [InlineData("rules: [{match: {header: 'X-Encrypt: no', user: '*'}, encrypt: never}, {encrypt: always}]")]
    [InlineData("rules: [{match: {subject: '[x]', client: local}, encrypt: never}, {encrypt: always}]")]
    [InlineData("local-domains: a.example\nrules: [{match: {subject: '[x]', direction: [inbound, internal]}, encrypt: never}, {encrypt: always}]")]
    [InlineData("rules: [{match: {subject: '[x]'}, encrypt: always}, {encrypt: always}]")]
    [InlineData("rules: [{match: {subject: '[x]'}, encrypt: never}, {encrypt: never}]")]
    [InlineData("rules: [{match: {subject: '[x]'}, encrypt: when-possible}, {encrypt: when-possible}]")]
    [InlineData("rules: [{match: {subject: '[x]', user: '*'}, mode: report}, {encrypt: always}]")]
    [InlineData("policy: {defaults: {encrypt: always}}\nrules: [{match: {subject: '[x]'}, mixed: separate}, {encrypt: always, match: {domain: a.example}}]")]
    [InlineData("policy: {defaults: {encrypt: always, minimum-trust: verified}}\nrules: [{match: {subject: '[x]'}, encrypt: always}]")]
    [InlineData("rules: [{match: {domain: a.example}, encrypt: always}, {match: {subject: '[x]'}, encrypt: when-possible}, {encrypt: never}]")]
    [InlineData("rules: [{match: {subject: '[x]', domain: a.example}, encrypt: when-possible}, {match: {domain: [b.example, '*.a.example']}, encrypt: always}, {encrypt: never}]")]
    [InlineData("rules: [{match: {subject: '[x]', role: ingress}, encrypt: never}, {match: {role: egress}, encrypt: always}, {encrypt: never}]")]
    [InlineData("policy: {defaults: {encrypt: always}}\nrules: [{match: {recipient: a@b.example}, encrypt: never}]")]
    [InlineData("rules: [{match: {larger-than: 10}, encrypt: never}, {match: {larger-than: 5}, encrypt: always}, {encrypt: always}]")]
    public void WhatIsMeantIsNotPointedOut(string yaml) => Assert.Empty(SuspicionList.Of(Read(yaml)));

    [Fact]
    public void TrustedPeersAreEnoughForSigning() =>
        Assert.Empty(SuspicionList.Of(Read("secret-keys: {held-by: daemon}\nlisten: {address: unix:/a, trusted-peers: root}\nrules: [{encrypt: always, sign: always}]")));

    private static readonly MailFacts Mail = new(new Envelope("alice@example.org", null, canRefuseRecipients: true));

    private static MailAddress Recipient => MailAddress.TryParse("bob@partner.example", out var address) ? address : throw new InvalidOperationException();

    private static PolicyDecision DecisionOf(Settings settings, string recipient, string? user = null)
    {
        var mail = new MailFacts(new Envelope("alice@example.org", user, canRefuseRecipients: true));
        return Assert.IsType<PolicyAnswer.Decided>(settings.PolicyTable().Decide(mail, MailAddress.TryParse(recipient, out var address) ? address : throw new InvalidOperationException())).Decision;
    }

    private static string DefaultOf(string path) => SettingTable.All.Single(setting => setting.Path == path).Default;

    private static Settings Read(string yaml) => ConfigurationFile.Read(yaml, "f") switch
    {
        ConfigurationResult.Loaded loaded => loaded.Settings,
        ConfigurationResult.Refused refused => throw new InvalidOperationException(string.Join('\n', refused.Complaints)),
        _ => throw new InvalidOperationException(),
    };
}
