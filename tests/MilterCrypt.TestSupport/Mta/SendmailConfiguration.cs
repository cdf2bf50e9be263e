using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Mta;

/// <summary>Makes the two configurations of a private Sendmail with m4: the daemon's, with the project's example line for the
/// filter, and that of the sendmail command, which hands what it gets to the daemon by SMTP.</summary>
public static class SendmailConfiguration
{
    private const string ExampleSocket = "S=local:/run/miltercrypt/milter.sock";

    /// <summary>Likewise, where mail is handed back.</summary>
    private const string ExampleListener = "Port=10026";

    /// <param name="root">The unpacked Debian packages.</param>
    public static async Task WriteAsync(TestDirectory directory, string root, int port, MilterSocket? filter, int nextHop, TimeSpan? patience = null, int? handBackTo = null)
    {
        directory.Write("service.switch", "hosts files\n");
        string example = filter is null
            ? ""
            : File.ReadAllText(Repository.PathOf($"postfix-examples/sendmail/{(handBackTo is null ? "miltercrypt" : "split")}.mc"))
                .Replace(ExampleSocket, "S=" + filter.ForSendmail, StringComparison.Ordinal)
                .Replace(ExampleListener, $"Port={handBackTo}", StringComparison.Ordinal)
                .Replace("R:60s", patience is { } time ? $"R:{time.TotalSeconds:0}s" : "R:60s", StringComparison.Ordinal);

        string cf = Path.Combine(root, "usr/share/sendmail/cf");
        await CompileAsync(directory, cf, "sendmail", Daemon(cf, directory.Root, port, nextHop) + example + "MAILER(`smtp')\n");
        await CompileAsync(directory, cf, "submit", Submission(cf, directory.Root, port));
    }

    private static async Task CompileAsync(TestDirectory directory, string cf, string name, string source)
    {
        string mc = directory.Write(name + ".mc", source);
        var compiled = (await Command.RunAsync("m4", ["-I", Path.Combine(cf, "cf"), mc])).OrThrow();
        directory.Write(name + ".cf", compiled.OutputText);
    }

    private static string Daemon(string cf, string root, int port, int nextHop) => $"""
        divert(-1)
        define(`_CF_DIR_', `{cf}/')
        divert(0)dnl
        include(`{cf}/m4/cf.m4')dnl
        VERSIONID(`a test of MilterCrypt')
        OSTYPE(`linux')dnl
        define(`confDOMAIN_NAME', `mx.test.example')dnl
        define(`confDONT_BLAME_SENDMAIL', `GroupWritableDirPathSafe,LinkedServiceSwitchFileInWritableDir')dnl
        define(`confPID_FILE', `{root}/sendmail.pid')dnl
        define(`QUEUE_DIR', `{root}/mqueue')dnl
        define(`ALIAS_FILE', `')dnl
        define(`STATUS_FILE', `{root}/statistics')dnl
        define(`HELP_FILE', `{root}/helpfile')dnl
        define(`confSERVICE_SWITCH_FILE', `{root}/service.switch')dnl
        define(`confCONTROL_SOCKET_NAME', `')dnl
        define(`confTO_IDENT', `0')dnl
        define(`confTO_CONNECT', `10s')dnl
        define(`confDELIVERY_MODE', `background')dnl
        define(`confMIN_QUEUE_AGE', `0')dnl
        define(`confREFUSE_LA', `0')dnl
        define(`confDELAY_LA', `0')dnl
        define(`confQUEUE_LA', `1000')dnl
        define(`confDEF_USER_ID', `65534:65534')dnl
        define(`SMART_HOST', `relay:[127.0.0.1]')dnl
        define(`RELAY_MAILER_ARGS', `TCP $h {nextHop}')dnl
        FEATURE(`no_default_msa')dnl
        FEATURE(`nocanonify')dnl
        FEATURE(`promiscuous_relay')dnl
        FEATURE(`accept_unresolvable_domains')dnl
        FEATURE(`accept_unqualified_senders')dnl
        DAEMON_OPTIONS(`Name=MTA-v4, Family=inet, Addr=127.0.0.1, Port={port}')dnl

        """;

    private static string Submission(string cf, string root, int port) => $"""
        divert(-1)
        define(`_CF_DIR_', `{cf}/')
        divert(0)dnl
        include(`{cf}/m4/cf.m4')dnl
        VERSIONID(`a test of MilterCrypt, submission')
        define(`confCF_VERSION', `Submit')dnl
        define(`__OSTYPE__', `')dnl
        define(`confDOMAIN_NAME', `mx.test.example')dnl
        define(`confDONT_BLAME_SENDMAIL', `GroupWritableDirPathSafe,LinkedServiceSwitchFileInWritableDir')dnl
        define(`confPID_FILE', `{root}/submit.pid')dnl
        define(`MSP_QUEUE_DIR', `{root}/clientmqueue')dnl
        define(`STATUS_FILE', `{root}/submit.statistics')dnl
        define(`confSERVICE_SWITCH_FILE', `{root}/service.switch')dnl
        define(`confDONT_INIT_GROUPS', `True')dnl
        define(`confQUEUE_LA', `1000')dnl
        define(`confRUN_AS_USER', `nobody:nogroup')dnl
        define(`confTRUSTED_USERS', `root nobody')dnl
        define(`confQUEUE_LA', `1000')dnl
        define(`RELAY_MAILER_ARGS', `TCP $h {port}')dnl
        FEATURE(`msp', `[127.0.0.1]')dnl

        """;
}
