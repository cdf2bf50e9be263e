using System.Diagnostics;

namespace MilterCrypt.TestSupport.Processes;

/// <summary>Runs other people's programs to their end: bytes in, bytes out, nothing through a shell.</summary>
public static class Command
{
    public static async Task<CommandResult> RunAsync(
        string program, IEnumerable<string> arguments, ReadOnlyMemory<byte> input = default, CancellationToken ct = default)
    {
        using var process = new Process { StartInfo = Describe(program, arguments) };
        process.StartInfo.RedirectStandardInput = true;
        process.Start();

        // All three at once: a program that fills one pipe while we wait on another would never end.
        using var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output, ct);
        var complaints = process.StandardError.ReadToEndAsync(ct);
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, ct);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading to the end; its exit code says the rest.
        }

        await reading;
        string error = await complaints;
        await process.WaitForExitAsync(ct);
        return new CommandResult(process.ExitCode, output.ToArray(), error);
    }

    /// <summary>Whether <paramref name="program"/> can be run: a path, or a name found on PATH or where root's programs are.</summary>
    public static bool Exists(string program) => program.Contains('/', StringComparison.Ordinal)
        ? File.Exists(program)
        : SearchPath().Any(folder => File.Exists(Path.Combine(folder, program)));

    internal static ProcessStartInfo Describe(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["PATH"] = string.Join(':', SearchPath());
        start.Environment["LC_ALL"] = "C.UTF-8";
        return start;
    }

    private static IEnumerable<string> SearchPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':').Union(["/usr/local/sbin", "/usr/sbin", "/sbin"]);
}
