using MilterCrypt.Configuration;

namespace MilterCrypt.Tests.Configuration;

/// <summary>What an administrator reads where a configuration is wrong: the file, the line, the setting, what was meant.</summary>
public sealed class ConfigurationErrorTests
{
    private const string Rule = "rules: [{encrypt: never}]\n";

    [Theory]
    [InlineData("rules: [{encrypt: allways}]", "f:1:19: rules[0].encrypt: 'allways' is not one of always, when-possible, never; did you mean 'always'?")]
    [InlineData("rules: [{encrypt: perhaps}]", "f:1:19: rules[0].encrypt: 'perhaps' is not one of always, when-possible, never")]
    [InlineData("rules:\n  - encrypt: always\n    without_key: reject", "f:3:5: rules[0].without_key: there is no setting 'without_key' here; did you mean 'without-key'?")]
    [InlineData("rules: [{encrypt: always, without-key: bounce}]", "f:1:40: rules[0].without-key: 'bounce' is not one of reject, defer, clear, hold")]
    [InlineData("rules: [{encrypt: never, without-key: defer}]", "f:1:39: rules[0].without-key: it has a meaning only beside `encrypt: always`")]
    [InlineData("rules: [{name: x}]", "f:1:9: rules[0]: it says nothing that is wanted, such as `encrypt: always`; there are encrypt, without-key, reports-without-key, sign, decrypt, minimum-trust, form, mixed, bcc, escrow, mode")]
    [InlineData("rules: {encrypt: always}", "f:1:8: rules: it must be a list, such as `rules: [{encrypt: always, without-key: reject}]`")]
    [InlineData("rules: []", "f:1:8: rules: the list is empty")]
    [InlineData("rules: [always]", "f:1:9: rules[0]: it is 'always', but must be a map with name, match, encrypt, without-key, reports-without-key, sign, decrypt, minimum-trust, form, mixed, bcc, escrow, mode, remove-trigger")]
    [InlineData("rules: [{encrypt: always, match: {}}]", "f:1:34: rules[0].match: it is empty; a rule for all mail has no match")]
    [InlineData("rules: [{encrypt: always, match: {domain: 'a b'}}]", "f:1:43: rules[0].match.domain: 'a b': it is not a domain: example.org, *.example.org or *")]
    [InlineData("rules: [{encrypt: always, match: {domains: a.org}}]", "f:1:35: rules[0].match.domains: there is no setting 'domains' here; did you mean 'domain'?")]
    [InlineData("rules: [{encrypt: when-possible, without-key: defer}]", "f:1:47: rules[0].without-key: it has a meaning only beside `encrypt: always`")]
    [InlineData("rules: [{encrypt: when-possible, minimum-trust: verified}]", "f:1:49: rules[0].minimum-trust: it has a meaning only beside `encrypt: always`")]
    [InlineData("rules: [{encrypt: always, minimum-trust: full}]", "f:1:42: rules[0].minimum-trust: 'full' is not one of imported, verified")]
    [InlineData("rules: [{encrypt: never, reports-without-key: defer}]", "f:1:47: rules[0].reports-without-key: it has a meaning only beside `encrypt: always`")]
    [InlineData("rules: [{encrypt: never, escrow: a@b.example}]", "f:1:34: rules[0].escrow: it is about what is encrypted: it has a meaning only beside `encrypt: always` or `encrypt: when-possible`")]
    [InlineData("rules: [{escrow: [a@b.example, bob]}]", "f:1:32: rules[0].escrow[1]: 'bob' is not a mail address: it has no domain")]
    [InlineData("rules: [{form: smime}]", "f:1:16: rules[0].form: this version makes no S/MIME yet: `form: openpgp`, or `form: either`, which is the default")]
    [InlineData("rules: [{form: pgp}]", "f:1:16: rules[0].form: 'pgp' is not one of openpgp, either")]
    [InlineData("rules: [{mode: dry-run}]", "f:1:16: rules[0].mode: 'dry-run' is not one of enforce, report")]
    [InlineData("rules: [{bcc: hidden}]", "f:1:15: rules[0].bcc: 'hidden' is not one of separate, anonymous, with-others")]
    [InlineData("rules: [{mixed: splitt}]", "f:1:17: rules[0].mixed: 'splitt' is not one of split, separate; did you mean 'split'?")]
    [InlineData("rules: [{reports-without-key: reject}]", "f:1:31: rules[0].reports-without-key: 'reject' is not one of headers-only, defer")]
    [InlineData("rules: [{encrypt: never, match: {direction: outbound}}]", "f:1:45: rules[0].match.direction: which way mail goes is known only where `local-domains` says which recipients are here")]
    [InlineData("local-domains: a.example\nrules: [{encrypt: never, match: {direction: out}}]", "f:2:45: rules[0].match.direction: 'out' is not one of outbound, inbound, internal")]
    [InlineData("rules: [{encrypt: never, match: {client: here}}]", "f:1:42: rules[0].match.client: 'here': it is not a network: 192.0.2.0/24, 2001:db8::/32, or one address")]
    [InlineData("rules: [{encrypt: never, match: {tls: yes}}]", "f:1:39: rules[0].match.tls: 'yes' is not one of true, false")]
    [InlineData("rules: [{encrypt: never, match: {role: ingres}}]", "f:1:40: rules[0].match.role: 'ingres' is not one of ingress, egress; did you mean 'ingress'?")]
    [InlineData("rules: [{encrypt: never, match: {from: <>}}]", "f:1:40: rules[0].match.from: a From field is never empty: <> is for `sender`")]
    [InlineData("rules: [{encrypt: never, match: {from: bob}}]", "f:1:40: rules[0].match.from: 'bob': it has no @: bob@example.org, *@example.org or *; a whole domain is also named by domain: bob")]
    [InlineData("rules: [{encrypt: never, match: {header: 'X A: b'}}]", "f:1:42: rules[0].match.header: 'X A: b': it is not a header field: X-Encrypt, or 'X-Encrypt: yes'")]
    [InlineData("rules: [{encrypt: never, match: {header: [X-A, 'X-B:']}}]", "f:1:48: rules[0].match.header[1]: 'X-B:': nothing stands behind its colon; without one, any value will do")]
    [InlineData("rules: [{encrypt: never, match: {header: 'X-A: b*c'}}]", "f:1:42: rules[0].match.header: 'X-A: b*c': a * stands at an end of a value: 'X-Encrypt: yes*'")]
    [InlineData("rules: [{encrypt: never, match: {subject: ' [x]'}}]", "f:1:43: rules[0].match.subject: ' [x]': blanks around it don't count: leave them out")]
    [InlineData("rules: [{encrypt: never, match: {subject: ''}}]", "f:1:43: rules[0].match.subject: a value is missing")]
    [InlineData("rules: [{encrypt: never, match: {content-type: calendar}}]", "f:1:48: rules[0].match.content-type: 'calendar': it is not a media type: multipart/signed or text/*")]
    [InlineData("rules: [{encrypt: never, match: {list-mail: 1}}]", "f:1:45: rules[0].match.list-mail: '1' is not one of true, false")]
    [InlineData("rules: [{encrypt: never, match: {larger-than: big}}]", "f:1:47: rules[0].match.larger-than: 'big' is not a size from 0 to 1099511627776 bytes, such as 256KiB, 64MiB or 4GiB")]
    [InlineData("rules: [{encrypt: never, match: {larger-than: 10, smaller-than: 11}}]", "f:1:65: rules[0].match.smaller-than: no message is smaller than this and larger than `larger-than`")]
    [InlineData("rules: [{encrypt: never, remove-trigger: true}]", "f:1:42: rules[0].remove-trigger: there is nothing to remove: the rule has neither `match: {subject: …}` nor `match: {header: …}`")]
    [InlineData("rules: [{match: {subject: x}, remove-trigger: true}]", "f:1:9: rules[0]: it says nothing that is wanted, such as `encrypt: always`; there are encrypt, without-key, reports-without-key, sign, decrypt, minimum-trust, form, mixed, bcc, escrow, mode")]
    [InlineData("local-domains: [a.example, a b]", "f:1:28: local-domains[1]: 'a b': it is not a domain: example.org, *.example.org or *")]
    [InlineData("own-networks: 192.0.2.1/24", "f:1:15: own-networks: '192.0.2.1/24': 192.0.2.1 is an address in a network; the network is 192.0.2.0/24")]
    [InlineData("own-networks: [localhost]", "f:1:16: own-networks[0]: 'localhost': it is not a network: 192.0.2.0/24, 2001:db8::/32, or one address")]
    [InlineData("policy: always", "f:1:9: policy: it is 'always', but must be a map with defaults, directions, domains, addresses")]
    [InlineData("policy: {default: {encrypt: always}}", "f:1:10: policy.default: there is no setting 'default' here; did you mean 'defaults'?")]
    [InlineData("policy: {defaults: {}}", "f:1:20: policy.defaults: it says nothing that is wanted, such as `encrypt: always`; there are encrypt, without-key, reports-without-key, sign, decrypt, minimum-trust, form, mixed, bcc, escrow, mode")]
    [InlineData("policy: {defaults: {name: x}}", "f:1:21: policy.defaults.name: there is no setting 'name' here; there are encrypt, without-key, reports-without-key, sign, decrypt, minimum-trust, form, mixed, bcc, escrow, mode")]
    [InlineData("policy: {directions: {inbound: {encrypt: never}}}", "f:1:22: policy.directions: which way mail goes is known only where `local-domains` says which recipients are here")]
    [InlineData("local-domains: a.example\npolicy: {directions: {incoming: {encrypt: never}}}", "f:2:23: policy.directions.incoming: there is no setting 'incoming' here; there are outbound, inbound, internal")]
    [InlineData("policy: {domains: [a.example]}", "f:1:19: policy.domains: it is a list, but must be a map, such as `domains: {partner.example: {encrypt: always}}`")]
    [InlineData("policy: {domains: {a b: {encrypt: always}}}", "f:1:20: policy.domains[a b]: 'a b': it is not a domain: example.org, *.example.org or *")]
    [InlineData("policy: {domains: {a.example: always}}", "f:1:31: policy.domains[a.example]: it is 'always', but must be a map with encrypt, without-key, reports-without-key, sign, decrypt, minimum-trust, form, mixed, bcc, escrow, mode")]
    [InlineData("policy: {domains: {a.example: {encrypt: always}, A.example: {encrypt: never}}}", "f:1:50: policy.domains[A.example]: there is an entry for the same before it, written in another way")]
    [InlineData("policy: {domains: {a.example: {encrypt: never, without-key: defer}}}", "f:1:61: policy.domains[a.example].without-key: it has a meaning only beside `encrypt: always`")]
    [InlineData("policy: {addresses: {bob: {encrypt: always}}}", "f:1:22: policy.addresses[bob]: 'bob': it has no @: bob@example.org, *@example.org or *; a whole domain is also named by domain: bob")]
    [InlineData("policy: {addresses: {<>: {encrypt: always}}}", "f:1:22: policy.addresses[<>]: entries are for recipients, and nobody writes to the null sender")]
    [InlineData("policy: {addresses: {b@a.example: {encrypt: always, sign: always}}}", "f:1:59: policy.addresses[b@a.example].sign: nobody has secret keys: there is no `secret-keys`")]
    [InlineData("reinject: 127.0.0.1:10026", "f:1:11: reinject: '127.0.0.1:10026' is not of the form smtp://127.0.0.1:10026")]
    [InlineData("reinject: {connections: 5}", "f:1:11: reinject: it has no address, such as `address: smtp://127.0.0.1:10026`")]
    [InlineData("reinject: {address: 'smtp://127.0.0.1:1', connections: 0}", "f:1:56: reinject.connections: '0' is not a whole number from 1 to 1000")]
    [InlineData("reinject: {address: 'smtp://127.0.0.1:1', daemon-name: a b}", "f:1:56: reinject.daemon-name: 'a b' is not the name of a listener: one word of ASCII")]
    [InlineData("rules: [{encrypt: always, without-key: hold}]", "f:1:40: rules[0].without-key: there is nowhere to hold a message: no `held`, such as `held: {directory: /var/lib/miltercrypt/held}`")]
    [InlineData("held: {keep: 7d}", "f:1:7: held: it has no directory, such as `directory: /var/lib/miltercrypt/held`")]
    [InlineData("held: {directory: held}", "f:1:19: held.directory: 'held' is not a path that begins with /")]
    [InlineData("held: {directory: /h, keep: 1m}", "f:1:29: held.keep: '1m' is not a time from 3600s to 86400000s, such as 30s, 4m, 2h or 6d")]
    [InlineData("journal: journal.db", "f:1:10: journal: 'journal.db' is not a path that begins with /")]
    [InlineData("journal-keep: 6 weeks", "f:1:15: journal-keep: '6 weeks' is not a time from 3600s to 8640000s, such as 30s, 4m, 2h or 6d")]
    [InlineData("recipient-delimiter: plus", "f:1:22: recipient-delimiter: 'plus' is not a delimiter: one or more of such as + - = _, or '' for none")]
    [InlineData("recipient-delimiter:", "f:1:21: recipient-delimiter: a value is missing")]
    [InlineData("aliases: {address: a@b.example}", "f:1:10: aliases: it must be a list, such as `aliases: [{address: sales@example.org, keys-of: [alice@example.org, bob@example.org]}]`")]
    [InlineData("aliases: [{address: a@b.example}]", "f:1:11: aliases[0]: it has no keys-of")]
    [InlineData("aliases: [{address: a@b.example, keys-of: c@b.example, readdress: maybe}]", "f:1:67: aliases[0].readdress: 'maybe' is not one of true, false")]
    [InlineData("aliases: [{address: a@b.example, keys-of: c@b.example}, {address: A@b.example, keys-of: d@b.example}]", "f:1:67: aliases[1].address: there is an alias A@b.example before it")]
    [InlineData("hop-key: file:/k\nrules: [{match: {role: ingress}, encrypt: always}]", "f:2:43: rules[0].encrypt: with `hop-key` this is done behind the queue, where a rule for `role: ingress` isn't asked, so nowhere: leave `role` out, and both hops follow the rule")]
    [InlineData("hop-key: file:/k\nrules: [{match: {role: ingress, header: X-A}, escrow: a@b.example}]", "f:2:55: rules[0].escrow: with `hop-key` this is done behind the queue, where a rule for `role: ingress` isn't asked, so nowhere: leave `role` out, and both hops follow the rule")]
    [InlineData("held: {directory: /h}\nhop-key: file:/k\nrules: [{match: {role: ingress}, without-key: hold}]", "f:3:47: rules[0].without-key: with `hop-key` this is done behind the queue, where a rule for `role: ingress` isn't asked, so nowhere: leave `role` out, and both hops follow the rule")]
    [InlineData("hop-key: [file:/k, secret]", "f:1:20: hop-key[1]: it is neither credential:NAME nor file:/path; the key itself doesn't belong into this file")]
    [InlineData("store: postgres://h", "f:1:8: store: 'postgres://h' is not sqlite:/path, such as sqlite:/var/lib/miltercrypt/keys.db")]
    [InlineData("store: sqlite:keys.db", "f:1:8: store: 'sqlite:keys.db' is not sqlite:/path, such as sqlite:/var/lib/miltercrypt/keys.db")]
    [InlineData("store:", "f:1:7: store: a value is missing")]
    [InlineData("store: [a]", "f:1:8: store: it is a list, but must be one value")]
    [InlineData("stoer: sqlite:/k", "f:1:1: stoer: there is no setting 'stoer' here; did you mean 'store'?")]
    [InlineData("colour: red", "f:1:1: colour: there is no setting 'colour' here; there are listen, store, spool, log, http, limits, timeouts, secret-keys, reinject, journal, journal-keep, held, hop-key, recipient-delimiter, aliases, signers, emergency-bypass, local-domains, own-networks, policy, rules")]
    [InlineData("listen: tcp:1", "f:1:9: listen: 'tcp:1' is not an address to listen on: write unix:/path, local:/path, inet:host:port, inet:port@host or systemd:name")]
    [InlineData("listen: [unix:/a, inet:h]", "f:1:19: listen[1]: 'inet:h': an inet address needs a host and a port, such as inet:127.0.0.1:8891")]
    [InlineData("listen: {address: unix:/a, mode: 999}", "f:1:34: listen[0].mode: '999' is not three octal digits, such as 660")]
    [InlineData("listen: {mode: 660}", "f:1:9: listen: it has no address, such as `address: unix:/run/miltercrypt/milter.sock`")]
    [InlineData("listen: [{address: inet:h:1, group: mail}]", "f:1:37: listen[0].group: it is for Unix sockets; whoever reaches a TCP port can connect to it")]
    [InlineData("listen: [{address: systemd:in, mode: 660}]", "f:1:38: listen[0].mode: it is the .socket unit that says so: SocketMode=, SocketGroup=")]
    [InlineData("listen: [{address: unix:/a, role: egres}]", "f:1:35: listen[0].role: 'egres' is not one of ingress, egress; did you mean 'egress'?")]
    [InlineData("listen: [{address: unix:/a, connections: 0}]", "f:1:42: listen[0].connections: '0' is not a whole number from 1 to 100000")]
    [InlineData("spool: /var/tmp", "f:1:8: spool: it is '/var/tmp', but must be a map with directory, message-memory, memory, disk")]
    [InlineData("spool: {directory: tmp}", "f:1:20: spool.directory: 'tmp' is not a path that begins with /")]
    [InlineData("spool: {disk: 4 elephants}", "f:1:15: spool.disk: '4 elephants' is not a size from 65536 to 1125899906842624 bytes, such as 256KiB, 64MiB or 4GiB")]
    [InlineData("spool: {disk: 99999999999999999999}", "f:1:15: spool.disk: '99999999999999999999' is not a size from 65536 to 1125899906842624 bytes, such as 256KiB, 64MiB or 4GiB")]
    [InlineData("log: {format: xml}", "f:1:15: log.format: 'xml' is not one of text, json")]
    [InlineData("log: {level: info}", "f:1:14: log.level: 'info' is not one of debug, information, warning, error")]
    [InlineData("http: 127.0.0.1:8892", "f:1:7: http: it is '127.0.0.1:8892', but must be a map with address")]
    [InlineData("http: {}", "f:1:7: http: it has no address, such as `address: 127.0.0.1:8892`")]
    [InlineData("http: {address: 'localhost:8892'}", "f:1:17: http.address: 'localhost:8892' is not an IP address and a port, such as 127.0.0.1:8892 or [::1]:8892")]
    [InlineData("http: {address: 8892}", "f:1:17: http.address: '8892' is not an IP address and a port, such as 127.0.0.1:8892 or [::1]:8892")]
    [InlineData("http: {address: '::1:8892'}", "f:1:17: http.address: '::1:8892' is not an IP address and a port, such as 127.0.0.1:8892 or [::1]:8892")]
    [InlineData("http: {address: '127.0.0.1:65536'}", "f:1:17: http.address: '127.0.0.1:65536' is not an IP address and a port, such as 127.0.0.1:8892 or [::1]:8892")]
    [InlineData("limits: {recipients: many}", "f:1:22: limits.recipients: 'many' is not a whole number from 1 to 100000")]
    [InlineData("timeouts: {verdict: 240}", "f:1:21: timeouts.verdict: '240' is not a time from 1s to 3600s, such as 30s, 4m, 2h or 6d")]
    [InlineData("rules: [{encrypt: always, sign: always}]", "f:1:33: rules[0].sign: nobody has secret keys: there is no `secret-keys`")]
    [InlineData("rules: [{encrypt: never, decrypt: when-possible}]", "f:1:35: rules[0].decrypt: nobody has secret keys: there is no `secret-keys`")]
    [InlineData("secret-keys: {held-by: daemon}\nrules: [{encrypt: never, sign: always}]", "f:2:32: rules[0].sign: what is not encrypted is not signed: it has a meaning only beside `encrypt: always` or `encrypt: when-possible`")]
    [InlineData("secret-keys: {held-by: me}", "f:1:24: secret-keys.held-by: 'me' is not one of keyholder, daemon, gpg-agent")]
    [InlineData("secret-keys: {held-by: gpg-agent}", "f:1:14: secret-keys: it has no socket; `gpgconf --list-dirs agent-socket` says where gpg-agent listens")]
    [InlineData("secret-keys: {held-by: daemon, socket: /s}", "f:1:40: secret-keys.socket: the daemon has the keys itself, without a socket")]
    [InlineData("secret-keys: {held-by: daemon, peers: root}", "f:1:39: secret-keys.peers: it is the key holder that has peers: `held-by: keyholder`")]
    [InlineData("secret-keys: {passphrase: hunter2}", "f:1:27: secret-keys.passphrase: it is neither credential:NAME nor file:/path; the passphrase itself doesn't belong into this file")]
    [InlineData("secret-keys: {passphrase: 'credential:../x'}", "f:1:27: secret-keys.passphrase: it is neither credential:NAME nor file:/path; the passphrase itself doesn't belong into this file")]
    [InlineData("secret-keys: {peers: [root, no-such-user]}", "f:1:29: secret-keys.peers[1]: there is no user 'no-such-user' on this machine")]
    [InlineData("listen: {address: unix:/a, trusted-peers: nobody}", "f:1:43: listen[0].trusted-peers: 'nobody' is the number by which the kernel calls users that it can't name: it says of nobody who he is")]
    [InlineData("listen: {address: unix:/a, trusted-peers: anyone}", "f:1:43: listen[0].trusted-peers: of a Unix socket it is known who asks: name the mail server's user, such as postfix")]
    [InlineData("listen: {address: 'inet:h:1', trusted-peers: root}", "f:1:46: listen[0].trusted-peers: over TCP nobody knows which user asks: 'anyone' trusts whoever reaches the port; a Unix socket is better")]
    [InlineData("signers: [{user: alice}]", "f:1:11: signers[0]: it has no address")]
    [InlineData("- store", "f:1:1: this is not a map of settings, such as `store: sqlite:/path`")]
    [InlineData("store: a\n---\nstore: b", "f:3:1: a second document begins; there can be one")]
    [InlineData("a: &x 1", "f:1:4: anchors (&) and aliases (*) are not taken; quote a text that begins with one of these, such as '*'")]
    [InlineData("rules: [{encrypt: never, match: {sender: *@example.org}}]", "f:1:42: anchors (&) and aliases (*) are not taken; quote a text that begins with one of these, such as '*'")]
    [InlineData("store: !!binary x", "f:1:8: tags (!) are not taken; quote a text that begins so")]
    public void EachMistakeIsToldWithItsPlaceAndWhatWasMeant(string yaml, string complaint) =>
        Assert.Equal([complaint], Complaints(yaml));

    [Theory]
    [InlineData("store: 'a")]
    [InlineData("store: a\nstore: b")]
    [InlineData("store: {")]
    public void WhatIsNoYamlIsToldWithItsPlace(string yaml)
    {
        string complaint = Assert.Single(Complaints(yaml));
        Assert.Matches(@"^f:\d+:\d+: this is not YAML: .+", complaint);
    }

    [Fact]
    public void AllMistakesAreToldAtOnceInTheirOrder()
    {
        var complaints = Complaints(Rule + "stoer: a\nlog: {level: loud}\nspool: {memory: x}\n");
        Assert.Equal(["f:2:1", "f:3:14", "f:4:17"], complaints.Select(complaint => complaint.Split(": ")[0]));
    }

    [Fact]
    public async Task AMissingFileIsToldByItsName()
    {
        var result = await ConfigurationFile.ReadAsync("/nowhere/m.yaml", TestContext.Current.CancellationToken);
        var refused = Assert.IsType<ConfigurationResult.Refused>(result);
        Assert.Equal(["/nowhere/m.yaml: there is no such file; --config FILE names another"], refused.Complaints);
    }

    [Theory]
    [InlineData("/dev/zero", "it is larger than 1048576 bytes: not a configuration file")]
    [InlineData("/bin/true", "it is not UTF-8 text")]
    [InlineData("/tmp", "it can't be read: ")]
    public async Task WhatIsNoConfigurationFileIsRefusedAsSuch(string path, string why)
    {
        var result = await ConfigurationFile.ReadAsync(path, TestContext.Current.CancellationToken);
        Assert.StartsWith($"{path}: {why}", Assert.Single(Assert.IsType<ConfigurationResult.Refused>(result).Complaints), StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Complaints(string yaml) =>
        Assert.IsType<ConfigurationResult.Refused>(ConfigurationFile.Read(yaml, "f")).Complaints;
}
