namespace MilterCrypt.Configuration;

/// <summary>Every key of the configuration file. The reader takes what is in this table and nothing else; a test
/// compares it with docs/configuration.md and the defaults with <see cref="Settings"/>.</summary>
internal static class SettingTable
{
    /// <summary>The rows, in the order of the reference.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("listen", "an address, or a list of addresses or of maps", "",
            "Where Postfix or Sendmail reach the daemon. `serve --listen` overrides it."),
        new("listen[].address", "unix:/path, local:/path, inet:host:port, inet:port@host, systemd:name", "",
            "The address, in either MTA's notation; or the name of what systemd's .socket units hand over."),
        new("listen[].mode", "three octal digits", "660",
            "A Unix socket's permissions; writing is what connecting needs."),
        new("listen[].group", "a group's name", "",
            "The group that a Unix socket is given to; without it the daemon's own."),
        new("listen[].role", "ingress, egress", "ingress",
            "Where on the mail's way the MTA asks here: where mail comes in, or behind its queue. So far it is logged, and no rule can ask for it."),
        new("listen[].trusted-peers", "a user's name or number, or a list; anyone", "",
            "The mail server's users, who are believed whom they speak for, so that secret keys are used for them: without it none is used for what comes in here. `anyone` is for TCP, where nobody knows who asks."),
        new("listen[].connections", "a number", "",
            "The most connections at a time here, in place of `limits.connections`."),
        new("store", "sqlite:/path", "",
            "Where keys are kept. The file is made at first use, its folder is not."),
        new("spool.directory", "a path", "/var/tmp",
            "Where ciphertext of large messages waits in unlinked files until the message is whole."),
        new("spool.message-memory", "a size", "256KiB",
            "What one message may hold in memory before it takes a file."),
        new("spool.memory", "a size", "64MiB",
            "What all messages may hold in memory together; when it is spent, new ones take a file at once."),
        new("spool.disk", "a size", "4GiB",
            "What all messages may hold in files together; when it is spent, messages get 452 4.3.1."),
        new("log.format", "text, json", "text",
            "Lines for people, with a priority for journald where it listens, or a JSON object a line."),
        new("log.level", "debug, information, warning, error", "information",
            "The least that is logged. At information there is one line for each message and each refused recipient."),
        new("http.address", "an IP address and a port: 127.0.0.1:8892, [::1]:8892", "",
            "Where `/metrics`, `/healthz` and `/readyz` can be read, by whoever reaches the port; without it there is no such port."),
        new("limits.connections", "a number", "1000",
            "The most connections of one `listen` address that are served at a time; mail of as many again gets 451 4.3.2, and more are closed. An MTA keeps one for each SMTP client."),
        new("limits.recipients", "a number", "10000",
            "The most recipients of one message; the next gets 452 4.5.3; local submission is refused as a whole with 550."),
        new("limits.header", "a size", "1MiB",
            "The most bytes of header of one message; more is refused with 552 (reports: 451)."),
        new("timeouts.verdict", "a time", "4m",
            "How long a message may take from its end to our answer. Sendmail gives up after 5 minutes."),
        new("timeouts.idle", "a time", "3h",
            "How long an MTA's connection may be silent; 7210 s, which is libmilter's, or less breaks slow SMTP sessions."),
        new("timeouts.stop", "a time", "20s",
            "How long messages under way may take when the daemon is told to stop; what is not finished then gets 451 4.3.2."),
        new("secret-keys.held-by", "keyholder, daemon, gpg-agent", "keyholder",
            "Who has the secret keys: `miltercrypt keyholder`, a process of its own; the daemon itself; or GnuPG's agent."),
        new("secret-keys.socket", "a path", "/run/miltercrypt-keyholder/socket",
            "Where the key holder listens, or gpg-agent, which has no default here."),
        new("secret-keys.directory", "a path", "/var/lib/miltercrypt-keyholder",
            "Where the key holder, or the daemon, finds its keys: each file of it with `.asc`, `.pgp` or `.key` at its end."),
        new("secret-keys.passphrase", "credential:name, file:/path", "",
            "What opens the keys: a credential that systemd hands over (LoadCredential=), or a file that nobody else can read."),
        new("secret-keys.peers", "a user's name or number, or a list", "",
            "Whom the key holder answers: the daemon's user. Without it the user miltercrypt."),
        new("signers", "a list of maps", "",
            "Whose names authenticated users may sign in, beside a login name that is the address itself."),
        new("signers[].user", "a pattern, or a list", "",
            "Names under which the client has authenticated: alice, *@example.org, sales-* or *."),
        new("signers[].address", "a pattern, or a list", "",
            "The addresses in whose names they may sign."),
        new("rules", "a list of maps", "",
            "What is wanted for whom: for each recipient the first rule that matches decides. Where none does, mail is left alone."),
        new("rules[].name", "a text", "",
            "What the log calls the rule; without it, \"rule 1\" and so on."),
        new("rules[].match.sender", "a pattern, or a list", "",
            "Envelope senders: bob@example.org, *@example.org, *@*.example.org, * or <> (the null sender)."),
        new("rules[].match.recipient", "a pattern, or a list", "",
            "Envelope recipients, written likewise."),
        new("rules[].match.domain", "a pattern, or a list", "",
            "Domains of envelope recipients: example.org, *.example.org (what is below it) or *."),
        new("rules[].match.user", "a pattern, or a list", "",
            "Names under which the client has authenticated: alice, *@example.org, sales-* or *."),
        new("rules[].encrypt", "always, when-possible, never", "",
            "Encrypted or not sent; encrypted where there is a usable key; left alone."),
        new("rules[].without-key", "reject, defer", "reject",
            "What a recipient without a usable key gets under `encrypt: always`: 550 5.7.1, or 450 4.7.1 so that the sending server tries again."),
        new("rules[].sign", "always, when-possible, never", "never",
            "Whether what is encrypted is signed inside, with the author's key: signed or not sent; signed where that key is held and the client may use it; not signed. Mail that leaves in clear is not signed."),
        new("rules[].decrypt", "when-possible, never", "never",
            "Whether PGP/MIME that is encrypted to the recipient is opened, where all recipients are the same person and that person's key is held."),
    ];

    /// <summary>The keys that a map may have: the one at <paramref name="path"/>, with [] for the entry of a list.</summary>
    public static IReadOnlyList<string> KeysOf(string path)
    {
        string prefix = path.Length == 0 ? "" : path + ".";
        return
        [
            .. All.Where(setting => setting.Path.StartsWith(prefix, StringComparison.Ordinal))
                .Select(setting => setting.Path[prefix.Length..].Split('.', '[')[0])
                .Distinct(),
        ];
    }
}
