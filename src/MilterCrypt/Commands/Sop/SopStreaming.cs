using System.IO.Pipelines;
using MilterCrypt.Native.Memory;

namespace MilterCrypt.Commands.Sop;

/// <summary>Takes standard input to its end, piece by piece, in buffers that are cleared.</summary>
internal static class SopStreaming
{
    private const int PieceLength = 64 * 1024;

    /// <summary>Standard output, for what is written while input comes. What was not flushed before a failure is never written.</summary>
    public static PipeWriter Output() =>
        PipeWriter.Create(Console.OpenStandardOutput(), new StreamPipeWriterOptions(leaveOpen: true));

    /// <summary>Shows all of standard input, and lets out what becomes of it.</summary>
    /// <param name="buffers">Where buffers come from.</param>
    /// <param name="take">Takes each piece.</param>
    /// <param name="isText">Whether it has to be text: then nothing leaves before all of it was seen to be.</param>
    /// <param name="output">Where the output is flushed, piece by piece; null where it all comes in the end.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="CommandException">It is no text.</exception>
    public static async Task ReadAsync(
        ClearedBufferPool buffers, Action<ReadOnlySpan<byte>> take, bool isText, PipeWriter? output, CancellationToken cancellationToken)
    {
        using var check = isText ? new SopTextCheck() : null;
        using var buffer = buffers.Rent(PieceLength);
        await using var input = Console.OpenStandardInput();
        while (await input.ReadAsync(buffer.Memory, cancellationToken) is var length and > 0)
        {
            check?.Take(buffer.Memory.Span[..length]);
            take(buffer.Memory.Span[..length]);
            if (check is null && output is not null)
                await output.FlushAsync(cancellationToken);
        }

        check?.Complete();
    }

    /// <summary>Writes octets to standard output.</summary>
    public static async Task WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        await using var output = Console.OpenStandardOutput();
        await output.WriteAsync(octets, cancellationToken);
    }
}
