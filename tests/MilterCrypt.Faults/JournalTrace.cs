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

    /// <summary>Why that can't be done here; or null.</summary>
    public static async Task<string?> MissingAsync(MilterCryptDaemon daemon)
    {
        if (!Command.Exists("strace"))
            return "strace is not installed";
        var tried = await Command.RunAsync("timeout", ["--signal=INT", "1", "strace", "-p", await ThreadOfAsync(daemon), "-e", "trace=fdatasync"]);
        return tried.Error.Contains("attached", StringComparison.Ordinal) ? null : $"the daemon can't be traced: {tried.Error.Trim()}";
    }

    /// <param name="daemon">Whose journal.</param>
    /// <param name="injection">What is done, as strace's option inject has it.</param>
    public static async Task<JournalTrace> BeginAsync(MilterCryptDaemon daemon, string injection)
    {
        var directory = new TestDirectory();
        var strace = ChildProcess.Start(
            "strace",
            ["-p", await ThreadOfAsync(daemon), "-e", $"trace={injection[..injection.IndexOf(':', StringComparison.Ordinal)]}", "-e", $"inject={injection}", "-o", directory.PathOf("trace")]);
        await strace.WaitForTextAsync("attached");
        return new JournalTrace(directory, strace);
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

    /// <summary>The journal's thread takes its name when it first runs, which may be after the daemon said that it is ready.</summary>
    private static async Task<string> ThreadOfAsync(MilterCryptDaemon daemon)
    {
        string? thread = null;
        await Patience.UntilAsync(
            () => daemon.HasEnded || (thread = Threads(daemon.ProcessId).FirstOrDefault(named => named.Name == ThreadName).Id) is not null,
            () => "the daemon has no thread of the journal");
        return thread ?? throw new InvalidOperationException("the daemon has ended: " + daemon.Log);
    }

    private static IEnumerable<(string Id, string Name)> Threads(int process)
    {
        foreach (string task in Directory.EnumerateDirectories($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/task"))
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
