using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Mta;

/// <summary>Debian's Sendmail, run from unpacked packages beside an installed Postfix, with which they conflict. It runs in
/// namespaces of its own, with a dotted host name (Sendmail sleeps a minute at its start without one) and with hosts and
/// resolver files that ask nobody; nothing of the machine's own is changed.</summary>
public sealed class SendmailServer : IMailServer
{
    private readonly TestDirectory _directory;
    private readonly string _root;
    private ChildProcess? _daemon;

    private SendmailServer(TestDirectory directory, string root, int port) => (_directory, _root, SmtpPort) = (directory, root, port);

    public string Name => "Sendmail";

    public int SmtpPort { get; }

    public bool QueueIsEmpty => QueueFiles.Length == 0;

    // hf is the control file of what is on hold; its data file has the same name but for the first letter.
    public bool IsBusy => QueueFiles is var files
        && files.Any(file => !file.StartsWith("hf", StringComparison.Ordinal) && !files.Contains("hf" + file[2..]));

    public int HeldMessages => QueueFiles.Count(file => file.StartsWith("hf", StringComparison.Ordinal));

    public string? ReasonsToHold => string.Concat(
        QueueFiles.Where(file => file.StartsWith("hf", StringComparison.Ordinal)).Select(file => File.ReadAllText(_directory.PathOf("mqueue/" + file))));

    private string[] QueueFiles =>
    [
        .. Directory.EnumerateFiles(_directory.PathOf("mqueue")).Concat(Directory.EnumerateFiles(_directory.PathOf("clientmqueue")))
            .Select(path => Path.GetFileName(path)),
    ];

    /// <summary>Where Debian's packages are unpacked.</summary>
    public static string UnpackedRoot { get; } = Repository.PathOf("artifacts/sendmail");

    private string Program => Path.Combine(_root, "usr/libexec/sendmail/sendmail");

    /// <summary>Why no Sendmail can be started here, or null.</summary>
    public static string? Missing() =>
        !Environment.IsPrivilegedProcess ? "Sendmail needs root" :
        !File.Exists(Path.Combine(UnpackedRoot, "usr/libexec/sendmail/sendmail")) ? "Sendmail is not unpacked in artifacts/sendmail" :
        !Command.Exists("m4") ? "m4 is not installed" : null;

    /// <param name="filter">The filter it calls; null for none.</param>
    /// <param name="nextHop">The port on 127.0.0.1 where all mail goes.</param>
    /// <param name="patience">How long it waits for a filter's reply; null for what the project's example says.</param>
    /// <param name="handBackTo">Where it takes what the filter hands back, by the project's example for that; null for nowhere.</param>
    public static async Task<SendmailServer> StartAsync(MilterSocket? filter, int nextHop, TimeSpan? patience = null, int? handBackTo = null)
    {
        var directory = new TestDirectory();
        var server = new SendmailServer(directory, UnpackedRoot, LoopbackPort.Free());
        try
        {
            foreach (string queue in (string[])["mqueue", "clientmqueue"])
                Directory.CreateDirectory(directory.PathOf(queue), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            (await Command.RunAsync("chown", ["nobody", directory.PathOf("clientmqueue")])).OrThrow();
            directory.Write("hosts", "127.0.0.1 localhost mx.test.example mx\n");
            directory.Write("resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
            await SendmailConfiguration.WriteAsync(directory, server._root, server.SmtpPort, filter, nextHop, patience, handBackTo);

            server._daemon = ChildProcess.Start("unshare", server.Secluded(["-C", directory.PathOf("sendmail.cf"), "-bD"]));
            await Patience.UntilAsync(
                () => LoopbackPort.AnswersAsync(server.SmtpPort), () => "Sendmail did not come up: " + server._daemon.Said);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public Task<CommandResult> SubmitAsync(
        string sender, IReadOnlyList<string> recipients, byte[] message, CancellationToken ct) =>
        Command.RunAsync(
            "unshare",
            Secluded(["-Ac", "-C", _directory.PathOf("submit.cf"), "-i", "-f", sender, "--", .. recipients]),
            message,
            ct);

    public async Task FlushAsync(CancellationToken ct)
    {
        // What the sendmail command could not hand over waits in a queue of its own.
        (await Command.RunAsync("unshare", Secluded(["-Ac", "-C", _directory.PathOf("submit.cf"), "-q"]), default, ct)).OrThrow();
        (await Command.RunAsync("unshare", Secluded(["-C", _directory.PathOf("sendmail.cf"), "-q"]), default, ct)).OrThrow();
    }

    public async Task ReleaseAsync(CancellationToken ct)
    {
        (await Command.RunAsync("unshare", Secluded(["-C", _directory.PathOf("sendmail.cf"), "-qQ", "-Q"]), default, ct)).OrThrow();
        await FlushAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
        {
            await _daemon.SignalAsync("TERM");
            await _daemon.WaitAsync();
            await _daemon.DisposeAsync();
        }

        _directory.Dispose();
    }

    /// <summary>The arguments with which unshare runs Sendmail in namespaces of its own; what it runs keeps the process id.</summary>
    private IEnumerable<string> Secluded(IEnumerable<string> arguments) =>
    [
        "--uts", "--mount", "--propagation", "private", "sh", "-c",
        """
        hostname mx.test.example
        mount --bind "$0/hosts" /etc/hosts
        mount --bind "$0/resolv.conf" /etc/resolv.conf
        exec "$@"
        """,
        _directory.Root, Program, .. arguments,
    ];
}
