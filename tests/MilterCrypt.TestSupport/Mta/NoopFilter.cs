using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Mta;

/// <summary>The C filter that hands every body back as it came (noop-milter.c), compiled on first use: what MilterCrypt's speed
/// is compared with, and a known good filter to try the mail servers of the tests with.</summary>
public sealed class NoopFilter : IAsyncDisposable
{
    private readonly TestDirectory _directory;
    private readonly ChildProcess _process;

    private NoopFilter(TestDirectory directory, ChildProcess process) => (_directory, _process) = (directory, process);

    public int ProcessId => _process.Id;

    /// <summary>Why it can't be had here, or null.</summary>
    public static string? Missing() =>
        !Command.Exists("cc") ? "no C compiler is installed" :
        !File.Exists("/usr/include/libmilter/mfapi.h") ? "libmilter-dev is not installed" : null;

    /// <param name="socket">Where it listens.</param>
    /// <param name="asEncrypted">Whether it takes and gives back as much as a filter that encrypts.</param>
    public static async Task<NoopFilter> StartAsync(MilterSocket socket, bool asEncrypted = false)
    {
        var directory = new TestDirectory();
        string source = Repository.PathOf("tests/MilterCrypt.Benchmarks/noop-milter.c"), program = directory.PathOf("noop-milter");
        (await Command.RunAsync("cc", ["-O2", "-o", program, source, "-lmilter", "-lpthread"])).OrThrow();

        var process = ChildProcess.Start(program, asEncrypted ? [socket.ForSendmail, "as-encrypted"] : [socket.ForSendmail]);
        await Patience.UntilAsync(socket.AnswersAsync, () => "noop-milter does not listen: " + process.Said);
        if (socket is MilterSocket.Unix(var path))
            File.SetUnixFileMode(path, MilterSocket.OpenToAll);
        return new NoopFilter(directory, process);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Dispose();
    }
}
