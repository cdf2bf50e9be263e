using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Mta;

/// <summary>Debian's Postfix as an instance of its own: configuration, queue and log in one folder, a loopback port, and one
/// next hop for all mail.</summary>
public sealed class PostfixServer : IMailServer
{
    private static readonly string[] BusyQueues = ["maildrop", "incoming", "active", "deferred", "corrupt"];

    private readonly TestDirectory _directory;

    private PostfixServer(TestDirectory directory, int port) => (_directory, SmtpPort) = (directory, port);

    public string Name => "Postfix";

    public int SmtpPort { get; }

    public string Log => File.Exists(_directory.PathOf("mail.log")) ? File.ReadAllText(_directory.PathOf("mail.log")) : "";

    public bool QueueIsEmpty => !IsBusy && HeldMessages == 0;

    public bool IsBusy => BusyQueues.Any(queue => FilesIn(queue).Any());

    public int HeldMessages => FilesIn("hold").Count();

    // It logs that a milter wants it so, and not why.
    public string? ReasonsToHold => null;

    /// <summary>Why no Postfix can be started here, or null.</summary>
    public static string? Missing() =>
        !Environment.IsPrivilegedProcess ? "Postfix needs root" :
        !Command.Exists("postfix") ? "Postfix is not installed" : null;

    /// <param name="filter">The filter it calls; null for none.</param>
    /// <param name="nextHop">The port on 127.0.0.1 where all mail goes.</param>
    /// <param name="extra">Further lines of main.cf.</param>
    public static Task<PostfixServer> StartAsync(MilterSocket? filter, int nextHop, params IEnumerable<string> extra) =>
        StartAsync((directory, port) => PostfixConfiguration.Write(directory, port, filter, nextHop, extra));

    /// <param name="configure">Writes etc/main.cf and etc/master.cf into the folder, for a server that takes mail at that port.</param>
    public static async Task<PostfixServer> StartAsync(Action<TestDirectory, int> configure)
    {
        var directory = new TestDirectory();
        var server = new PostfixServer(directory, LoopbackPort.Free());
        configure(directory, server.SmtpPort);
        Directory.CreateDirectory(directory.PathOf("queue"));
        Directory.CreateDirectory(directory.PathOf("data"));
        try
        {
            (await Command.RunAsync("chown", ["postfix", directory.PathOf("data")])).OrThrow();
            (await server.RunAsync("postfix", ["start"])).OrThrow();
            await Patience.UntilAsync(() => LoopbackPort.AnswersAsync(server.SmtpPort), () => "Postfix did not come up: " + server.Log);
            return server;
        }
        catch
        {
            // A start that was interrupted may have left a master behind.
            await server.DisposeAsync();
            throw;
        }
    }

    public Task<CommandResult> SubmitAsync(
        string sender, IReadOnlyList<string> recipients, byte[] message, CancellationToken ct) =>
        RunAsync("sendmail", ["-i", "-f", sender, .. recipients], message, ct);

    public async Task FlushAsync(CancellationToken ct) => (await RunAsync("postqueue", ["-f"], default, ct)).OrThrow();

    public async Task ReleaseAsync(CancellationToken ct)
    {
        (await RunAsync("postsuper", ["-H", "ALL"], default, ct)).OrThrow();
        await FlushAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("postfix", ["stop"]);
        _directory.Dispose();
    }

    private IEnumerable<string> FilesIn(string queue) => Directory.Exists(_directory.PathOf("queue/" + queue))
        ? Directory.EnumerateFiles(_directory.PathOf("queue/" + queue), "*", SearchOption.AllDirectories)
        : [];

    private Task<CommandResult> RunAsync(
        string program, IEnumerable<string> arguments, ReadOnlyMemory<byte> input = default, CancellationToken ct = default) =>
        Command.RunAsync(program, (string[])(program == "sendmail"
            ? ["-C", _directory.PathOf("etc"), .. arguments]
            : ["-c", _directory.PathOf("etc"), .. arguments]), input, ct);
}
