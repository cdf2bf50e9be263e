using System.Globalization;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Program;

/// <summary>Has strace note every write of a process, to files, pipes and sockets alike, with its first bytes.</summary>
public sealed class TracedWrites : IAsyncDisposable
{
    private readonly TestDirectory _directory;
    private readonly ChildProcess _strace;

    private TracedWrites(TestDirectory directory, ChildProcess strace) => (_directory, _strace) = (directory, strace);

    public static string? Missing() => Command.Exists("strace") ? null : "strace is not installed";

    public static async Task<TracedWrites> BeginAsync(int processId)
    {
        var directory = new TestDirectory();
        string log = directory.PathOf("trace");
        // Long enough a sample of each write that any line of a test's message shows; -y names the file behind a descriptor.
        var strace = ChildProcess.Start("strace",
        [
            "-f", "-y", "-s", "256", "-e", "trace=write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg,openat,mmap",
            "-o", log, "-p", processId.ToString(CultureInfo.InvariantCulture),
        ]);
        await strace.WaitForTextAsync("attached");
        return new TracedWrites(directory, strace);
    }

    /// <summary>Lets the process go; a line for each call seen.</summary>
    public async Task<string[]> EndAsync()
    {
        await _strace.SignalAsync("INT");
        await _strace.WaitAsync();
        return await File.ReadAllLinesAsync(_directory.PathOf("trace"));
    }

    public async ValueTask DisposeAsync()
    {
        await _strace.DisposeAsync();
        _directory.Dispose();
    }
}
