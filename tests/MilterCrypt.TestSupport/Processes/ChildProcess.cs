using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MilterCrypt.TestSupport.Processes;

/// <summary>A program that runs beside a test; whoever started it disposes it, which kills it.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>What of its output has arrived so far, standard output and standard error as they came. A line may arrive after what it
    /// tells of could be seen otherwise: whoever expects one waits for it.</summary>
    public string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    public static ChildProcess Start(string program, IEnumerable<string> arguments)
    {
        var process = new Process { StartInfo = Command.Describe(program, arguments) };
        var child = new ChildProcess(process);
        process.OutputDataReceived += (_, line) => child.Hear(line.Data);
        process.ErrorDataReceived += (_, line) => child.Hear(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>SIGKILL: no chance to tidy up.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends a signal by its name: TERM, HUP.</summary>
    public async Task SignalAsync(string name) =>
        (await Command.RunAsync("kill", [$"-{name}", Id.ToString(CultureInfo.InvariantCulture)])).OrThrow();

    /// <summary>Waits for its end; its exit code, or null where it still runs after <see cref="Patience.Ample"/>.</summary>
    public async Task<int?> WaitAsync()
    {
        using var deadline = new CancellationTokenSource(Patience.Ample);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Waits until it has written <paramref name="text"/>.</summary>
    public Task WaitForTextAsync(string text) => Patience.UntilAsync(
        () => Said.Contains(text, StringComparison.Ordinal), () => $"never said \"{text}\", only: {Said}");

    /// <summary>Waits until what it has written matches <paramref name="pattern"/>.</summary>
    public Task WaitForMatchAsync([StringSyntax(StringSyntaxAttribute.Regex)] string pattern) => Patience.UntilAsync(
        () => Regex.IsMatch(Said, pattern), () => $"never said what matches {pattern}, only: {Said}");

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
            return;
        lock (_said)
            _said.AppendLine(line);
    }
}
