using System.Net;
using Microsoft.Extensions.Logging;
using MilterCrypt.Configuration;
using MilterCrypt.Engine.Policy;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Listening;

namespace MilterCrypt.Tests.Configuration;

public sealed class ConfigurationReadingTests
{
    [Fact]
    public void TwoLinesAreAWholeConfiguration()
    {
        var settings = Read("store: sqlite:/path/keys.db\nrules: [{encrypt: always, without-key: reject}]\n");

        Assert.Equal("/path/keys.db", settings.Store?.Path);
        var rule = Assert.Single(settings.Rules);
        Assert.Equal(("rule 1", 2, EncryptMode.Always, WithoutKey.Reject), (rule.Name, rule.Line, rule.Choices.Encrypt, rule.Choices.WithoutKey));
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
            new SecretKeySettings { Passphrase = new PassphraseSource.Credential("keys"), Directory = "/k", Peers = settings.SecretKeys?.Peers },
            settings.SecretKeys);
        Assert.Equal([0u], settings.SecretKeys?.Peers);
        Assert.Equal((2, 1), (settings.Signers[0].Users.Count, settings.Signers[0].Addresses.Count));
        Assert.Equal((SignMode.WhenPossible, DecryptMode.WhenPossible), (settings.Rules[0].Choices.Sign, settings.Rules[0].Choices.Decrypt));
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
        foreach (var setting in SettingTable.All.Where(setting => setting.Default.Length > 0 && !setting.Path.Contains('[', StringComparison.Ordinal)))
        {
            string[] path = setting.Path.Split('.');
            var stated = Read($"{path[0]}: {{{path[1]}: {setting.Default}}}\n");
            var expected = path[0] == "secret-keys" ? defaults with { SecretKeys = new SecretKeySettings() } : defaults;
            Assert.Equal(expected with { Listen = stated.Listen, Rules = stated.Rules, Signers = stated.Signers }, stated);
        }
        var listen = Assert.Single(Read("listen: {address: unix:/a, mode: " + DefaultOf("listen[].mode") + "}").Listen);
        Assert.Equal(new MilterSocketOptions().Mode, listen.Socket.Mode);
        Assert.Equal(listen, Assert.Single(Read("listen: {address: unix:/a, role: " + DefaultOf("listen[].role") + "}").Listen));
        Assert.Equal(WithoutKey.Reject, Read("rules: [{encrypt: always}]").Rules[0].Choices.WithoutKey);
        Assert.Equal("reject", DefaultOf("rules[].without-key"));
        Assert.Equal((SignMode.Never, DecryptMode.Never), (Read("rules: [{encrypt: always}]").Rules[0].Choices.Sign, Read("rules: [{encrypt: always}]").Rules[0].Choices.Decrypt));
        Assert.Equal(("never", "never"), (DefaultOf("rules[].sign"), DefaultOf("rules[].decrypt")));
    }

    [Theory]
    [InlineData("rules: [{encrypt: always, match: {domain: a.example}}]", "no rule is for all mail")]
    [InlineData("rules: [{encrypt: always}, {encrypt: never, match: {domain: a.example}}]", "rule 2 (line 1) never decides: rule 1 (line 1) before it matches all that it would")]
    [InlineData("store: sqlite:/k", "there are no rules: all mail is left alone")]
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

    [Fact]
    public void TrustedPeersAreEnoughForSigning() =>
        Assert.Empty(SuspicionList.Of(Read("secret-keys: {held-by: daemon}\nlisten: {address: unix:/a, trusted-peers: root}\nrules: [{encrypt: always, sign: always}]")));

    private static string DefaultOf(string path) => SettingTable.All.Single(setting => setting.Path == path).Default;

    private static Settings Read(string yaml) => ConfigurationFile.Read(yaml, "f") switch
    {
        ConfigurationResult.Loaded loaded => loaded.Settings,
        ConfigurationResult.Refused refused => throw new InvalidOperationException(string.Join('\n', refused.Complaints)),
        _ => throw new InvalidOperationException(),
    };
}
