namespace MilterCrypt.TestSupport.Mta;

/// <summary>Writes the configuration of a private Postfix: the project's example lines for the filter, on top of what keeps
/// an instance to its own folder and to loopback.</summary>
public static class PostfixConfiguration
{
    /// <summary>The socket that the example names, and what a test's own stands in for.</summary>
    private const string ExampleSocket = "unix:miltercrypt/milter.sock";

    public static void Write(TestDirectory directory, int port, MilterSocket? filter, int nextHop, IEnumerable<string> extra, int? injectionPort = null)
    {
        string example = filter is null
            ? ""
            : File.ReadAllText(Repository.PathOf("postfix-examples/ingress/main.cf"))
                .Replace(ExampleSocket, filter.ForPostfix, StringComparison.Ordinal);
        directory.Write("etc/main.cf", Main(directory.Root, nextHop) + example + string.Join('\n', extra) + "\n");

        // A chroot would need a jail laid out in the queue directory; nothing that we look at depends on it.
        string[] smtpd = [.. File.ReadLines(Repository.PathOf("postfix-examples/ingress/master.cf"))
            .Where(line => line.StartsWith("smtp ", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        (smtpd[0], smtpd[4]) = ($"127.0.0.1:{port}", "n");
        string injection = injectionPort is { } own ? $"127.0.0.1:{own} inet n - n - - smtpd -o smtpd_milters=\n" : "";
        directory.Write("etc/master.cf", string.Join(' ', smtpd) + "\n" + injection + Services);
    }

    private static string Main(string root, int nextHop) => $"""
        compatibility_level = 3.6
        queue_directory = {root}/queue
        data_directory = {root}/data
        command_directory = /usr/sbin
        daemon_directory = /usr/lib/postfix/sbin
        mail_owner = postfix
        setgid_group = postdrop
        maillog_file = {root}/mail.log
        maillog_file_prefixes = {root}
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        smtp_bind_address = 127.0.0.1
        myhostname = mx.test.example
        mydomain = test.example
        myorigin = test.example
        mydestination =
        local_recipient_maps =
        local_transport = error:no local mailboxes here
        alias_maps =
        alias_database =
        mynetworks = 127.0.0.0/8
        smtpd_relay_restrictions = permit_mynetworks, reject
        smtpd_recipient_restrictions =
        relayhost = [127.0.0.1]:{nextHop}
        smtp_dns_support_level = disabled
        smtp_host_lookup = native
        smtpd_peername_lookup = no
        smtpd_client_connection_count_limit = 0
        smtpd_client_connection_rate_limit = 0
        smtpd_error_sleep_time = 0
        message_size_limit = 104857600
        mailbox_size_limit = 0
        in_flow_delay = 0
        minimal_backoff_time = 1s
        queue_run_delay = 5s

        """;

    private const string Services = """
        pickup    unix  n - n 60 1 pickup
        cleanup   unix  n - n - 0 cleanup
        qmgr      unix  n - n 300 1 qmgr
        tlsmgr    unix  - - n 1000? 1 tlsmgr
        rewrite   unix  - - n - - trivial-rewrite
        bounce    unix  - - n - 0 bounce
        defer     unix  - - n - 0 bounce
        trace     unix  - - n - 0 bounce
        verify    unix  - - n - 1 verify
        flush     unix  n - n 1000? 0 flush
        proxymap  unix  - - n - - proxymap
        proxywrite unix - - n - 1 proxymap
        smtp      unix  - - n - - smtp
        relay     unix  - - n - - smtp
        showq     unix  n - n - - showq
        error     unix  - - n - - error
        retry     unix  - - n - - error
        discard   unix  - - n - - discard
        anvil     unix  - - n - 1 anvil
        scache    unix  - - n - 1 scache
        postlog   unix-dgram n - n - 1 postlogd

        """;
}
