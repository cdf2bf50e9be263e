using System.Reflection;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Benchmarks;

/// <summary>The same small filter on three libraries: told envelope and header, it hands the body back. Each is a process of its own on a
/// socket of its own.</summary>
internal sealed class EchoProcess : IAsyncDisposable
{
    private readonly TestDirectory directory;
    private readonly ChildProcess process;

    private EchoProcess(TestDirectory directory, MilterSocket socket, ChildProcess process) =>
        (this.directory, Socket, this.process) = (directory, socket, process);

    public enum Library
    {
        /// <summary>Sendmail's own, in C.</summary>
        Libmilter,

        /// <summary>Python's binding of it.</summary>
        Pymilter,

        /// <summary>MilterCrypt.Milter.</summary>
        Ours,
    }

    public MilterSocket Socket { get; }

    public int ProcessId => process.Id;

    /// <summary>Why one of them can't be had here, or null.</summary>
    public static string? Missing() =>
        NoopFilter.Missing() ?? (Directory.Exists("/usr/lib/python3/dist-packages/Milter") ? null : "python3-milter is not installed");

    public static async Task<EchoProcess> StartAsync(Library library, bool tcp)
    {
        var directory = new TestDirectory();
        MilterSocket socket = tcp ? new MilterSocket.Tcp(LoopbackPort.Free()) : new MilterSocket.Unix(directory.PathOf("echo.sock"));
        (string program, string[] arguments) = library switch
        {
            Library.Libmilter => (await CompileAsync(directory), [socket.ForSendmail, "told"]),
            // Debian's own Python: another one on the PATH knows nothing of Debian's packages.
            Library.Pymilter => ("/usr/bin/python3", [Repository.PathOf("tests/MilterCrypt.Benchmarks/echo-milter.py"), socket.ForSendmail]),
            _ => ("dotnet", new[] { Assembly.GetExecutingAssembly().Location, "echo", socket.ForPostfix }),
        };
        var process = ChildProcess.Start(program, arguments);
        await Patience.UntilAsync(socket.AnswersAsync, () => $"{library} does not listen: {process.Said}");
        if (socket is MilterSocket.Unix(var path))
            File.SetUnixFileMode(path, MilterSocket.OpenToAll);
        return new EchoProcess(directory, socket, process);
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        directory.Dispose();
    }

    private static async Task<string> CompileAsync(TestDirectory directory)
    {
        string source = Repository.PathOf("tests/MilterCrypt.Benchmarks/noop-milter.c"), program = directory.PathOf("noop-milter");
        (await Command.RunAsync("cc", ["-O2", "-o", program, source, "-lmilter", "-lpthread"])).OrThrow();
        return program;
    }
}
