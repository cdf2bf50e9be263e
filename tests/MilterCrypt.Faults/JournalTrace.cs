using System.Globalization;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Faults;

/// <summary>Has strace meddle with the system calls of the thread that writes the daemon's journal, and with no other's. Whoever begins
/// it ends it.</summary>
public sealed class JournalTrace : IAsyncDisposable
{
    private const string ThreadName = "journal";

    private readonly TestDirectory directory;
    private readonly ChildProcess strace;

    private JournalTrace(TestDirectory directory, ChildProcess strace) => (this.directory, this.strace) = (directory, strace);

    private bool IsAttached => strace.Said.Contains("attached", StringComparison.Ordinal);

    /// <summary>Why that can't be done here; or null.</summary>
    public static async Task<string?> MissingAsync(MilterCryptDaemon daemon)
    {
        if (!Command.Exists("strace"))
            return "strace is not installed";
        // A thread that the journal's has begun has its name, too, until it takes its own.
        string said = "";
        for (int i = 0; i < 3 && !said.Contains("attached", StringComparison.Ordinal); i++)
            said = (await Command.RunAsync("timeout", ["--signal=INT", "1", "strace", "-p", await ThreadOfAsync(daemon), "-e", "trace=fdatasync"])).Error;
        return said.Contains("attached", StringComparison.Ordinal) ? null : $"the daemon can't be traced: {said.Trim()}";
    }

    /// <param name="daemon">Whose journal.</param>
    /// <param name="injection">What is done, as strace's option inject has it.</param>
    /// <returns>Null where the thread is gone already: the daemon is just ending, or it was another that had the journal's name for a
    /// moment.</returns>
    public static async Task<JournalTrace?> TryBeginAsync(MilterCryptDaemon daemon, string injection)
    {
        if (ThreadOf(daemon) is not { } thread)
            return null;
        var directory = new TestDirectory();
        var strace = ChildProcess.Start(
            "strace",
            ["-p", thread, "-e", $"trace={injection[..injection.IndexOf(':', StringComparison.Ordinal)]}", "-e", $"inject={injection}", "-o", directory.PathOf("trace")]);
        var trace = new JournalTrace(directory, strace);
        await Patience.UntilAsync(() => trace.IsAttached || strace.HasEnded, () => $"strace never attached, and says only: {strace.Said}");
        // What it said at its end may arrive behind it.
        if (strace.HasEnded)
            await strace.WaitAsync();
        if (trace.IsAttached)
            return trace;
        await trace.DisposeAsync();
        return null;
    }

    /// <summary>Lets the thread go.</summary>
    /// <returns>Whether something was done to it, and whether it was killed.</returns>
    public async Task<(bool WasMeddledWith, bool WasKilled)> EndAsync()
    {
        try
        {
            await strace.SignalAsync("INT");
        }
        catch (InvalidOperationException)
        {
            // It has ended with what it traced.
        }

        await strace.WaitAsync();
        string calls = await File.ReadAllTextAsync(directory.PathOf("trace"));
        bool wasKilled = calls.Contains("killed by", StringComparison.Ordinal);
        return (wasKilled || calls.Contains("INJECTED", StringComparison.Ordinal), wasKilled);
    }

    public async ValueTask DisposeAsync()
    {
        await strace.DisposeAsync();
        directory.Dispose();
    }

    private static string? ThreadOf(MilterCryptDaemon daemon) =>
        daemon.HasEnded ? null : Threads(daemon.ProcessId).FirstOrDefault(static thread => thread.Name == ThreadName).Id;

    /// <summary>The journal's thread takes its name when it first runs, which may be after the daemon said that it is ready.</summary>
    private static async Task<string> ThreadOfAsync(MilterCryptDaemon daemon)
    {
        string? thread = null;
        await Patience.UntilAsync(() => (thread = ThreadOf(daemon)) is not null, () => "the daemon has no thread of the journal: " + daemon.Log);
        return thread!;
    }

    private static IEnumerable<(string Id, string Name)> Threads(int process)
    {
        string[] tasks;
        try
        {
            tasks = Directory.GetDirectories($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/task");
        }
        catch (IOException)
        {
            // The whole process has ended.
            yield break;
        }

        foreach (string task in tasks)
        {
            string name;
            try
            {
                name = File.ReadAllText(Path.Combine(task, "comm")).Trim();
            }
            catch (IOException)
            {
                // A thread that has ended meanwhile.
                continue;
            }

            yield return (Path.GetFileName(task), name);
        }
    }
}
