using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace MilterCrypt.MailServers;

/// <summary>What a program of the system said, read up to a limit and a deadline.</summary>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">What it wrote to standard error, as far as that is kept.</param>
/// <param name="Failure">Why the output is of no use; null where it is.</param>
internal sealed record ProgramRun(string Output, string Errors, string? Failure)
{
    private const int MostOutput = 8 * 1024 * 1024;
    private const int MostErrors = 64 * 1024;

    /// <summary>Runs a program to its end. Nothing goes through a shell.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="patience">How long it may take; then it is killed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ProgramRun> OfAsync(
        string program, IReadOnlyList<string> arguments, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        string name = Path.GetFileName(program);
        using var process = new Process { StartInfo = Describe(program, arguments) };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return new ProgramRun("", "", $"{name} can't be run: {e.Message}");
        }
        try
        {
            process.StandardInput.Close();
            // Both at once: a program that fills one pipe while the other is waited for would never end.
            var output = ReadAsync(process.StandardOutput.BaseStream, MostOutput, deadline.Token);
            var errors = ReadAsync(process.StandardError.BaseStream, MostErrors, deadline.Token);
            var (text, isWhole) = await output;
            var (said, _) = await errors;
            await process.WaitForExitAsync(deadline.Token);
            string? failure = process.ExitCode != 0 ? $"{name} says: {LastWords(said)}"
                : isWhole ? null
                : $"{name} says more than {MostOutput >> 20} MiB";
            return new ProgramRun(text, said, failure);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ProgramRun("", "", $"{name} takes longer than {Words.Time(patience)}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static ProcessStartInfo Describe(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    // What is over the limit is read and forgotten, so that the program can end.
    private static async Task<(string Text, bool IsWhole)> ReadAsync(Stream stream, int most, CancellationToken cancellationToken)
    {
        using var kept = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        bool isWhole = true;
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            int fits = (int)Math.Min(read, most - kept.Length);
            isWhole &= fits == read;
            kept.Write(buffer, 0, fits);
        }
        return (Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length), isWhole);
    }

    private static string LastWords(string said)
    {
        string[] lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length == 0 ? "nothing, and fails" : Words.Value(string.Join("; ", lines.TakeLast(2)));
    }
}
