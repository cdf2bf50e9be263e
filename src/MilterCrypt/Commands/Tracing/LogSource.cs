using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Tracing;

/// <summary>Where log lines come from: files, standard input, or, where none are named, journald. Lines pass through one by one, so
/// that a log may be of any size; one that is longer than any of ours is passed over.</summary>
/// <param name="files">The files; - is standard input.</param>
internal sealed class LogSource(IReadOnlyList<string> files)
{
    /// <summary>The longest line that is looked at: ten addresses of the longest kind, escaped, fit several times.</summary>
    private const int MaxLine = 128 * 1024;

    private const string Journalctl = "journalctl";

    /// <summary>Whether it can be read a second time.</summary>
    public bool CanBeReadAgain => !files.Contains("-");

    /// <summary>Reads all of it once.</summary>
    /// <param name="since">What journald may leave out because it is older; null for nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Each line about a message, and where it was.</returns>
    /// <exception cref="CommandException">It can't be read.</exception>
    public async IAsyncEnumerable<(string Place, MessageLine Line)> ReadAsync(
        DateTimeOffset? since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (files.Count == 0)
        {
            await foreach (var line in ReadJournalAsync(since, cancellationToken))
                yield return (Journalctl, line);
        }
        foreach (string file in files)
        {
            await using var stream = Open(file);
            await foreach (var line in LinesAsync(stream, cancellationToken))
                yield return (InputReading.NameOf(file), line);
        }
    }

    private static async IAsyncEnumerable<MessageLine> ReadJournalAsync(
        DateTimeOffset? since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string[] arguments = ["--unit=miltercrypt", "--output=short-iso", "--no-pager", "--quiet"];
        if (since is { } first)
            arguments = [.. arguments, $"--since=@{first.ToUnixTimeSeconds()}"];
        using var process = Start(arguments);
        try
        {
            await foreach (var line in LinesAsync(process.StandardOutput.BaseStream, cancellationToken))
                yield return line;
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
                throw new CommandException(ExitCode.InputOutput, $"{Journalctl} failed ({process.ExitCode}); --log FILE names a log instead");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    // What it says to standard error is the administrator's to read: it goes where ours goes.
    private static Process Start(string[] arguments)
    {
        var process = new Process { StartInfo = new ProcessStartInfo(Journalctl, arguments) { RedirectStandardOutput = true } };
        try
        {
            process.Start();
            return process;
        }
        catch (Win32Exception e)
        {
            process.Dispose();
            throw new CommandException(ExitCode.Unavailable, $"{Journalctl} can't be run ({e.Message}); --log FILE names a log instead");
        }
    }

    private static Stream Open(string file)
    {
        try
        {
            return file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.NoInput, $"{PrintableText.Of(file)} can't be read: {e.Message}");
        }
    }

    private static async IAsyncEnumerable<MessageLine> LinesAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: MaxLine / 2, leaveOpen: true));
        bool isTooLong = false;
        for (bool ended = false; !ended;)
        {
            var read = await input.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            ended = read.IsCompleted;
            while (TryTakeLine(ref rest, ended, out var bytes))
            {
                if (!isTooLong && bytes.Length <= MaxLine && TryRead(bytes, out var line))
                    yield return line;
                isTooLong = false;
            }
            // Its beginning is forgotten at once, its end when it comes.
            if (rest.Length > MaxLine)
                (isTooLong, rest) = (true, rest.Slice(rest.End));
            input.AdvanceTo(rest.Start, rest.End);
        }
        await input.CompleteAsync();
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> rest, bool ended, out ReadOnlySequence<byte> line)
    {
        if (rest.PositionOf((byte)'\n') is { } end)
        {
            line = rest.Slice(0, end);
            rest = rest.Slice(rest.GetPosition(1, end));
            return true;
        }
        line = rest;
        if (!ended || rest.IsEmpty)
            return false;
        rest = rest.Slice(rest.End);
        return true;
    }

    private static bool TryRead(ReadOnlySequence<byte> bytes, [NotNullWhen(true)] out MessageLine? line) =>
        LogLineReader.TryRead(bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray(), out line);
}
