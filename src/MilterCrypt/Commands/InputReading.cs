using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>Takes whole inputs into memory, up to a limit.</summary>
internal static class InputReading
{
    private const int FirstBuffer = 64 * 1024;

    /// <summary>A file's content; - is standard input.</summary>
    /// <exception cref="CommandException">It can't be read, or there is more than <paramref name="most"/>.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadFileAsync(string path, int most, CancellationToken cancellationToken)
    {
        try
        {
            await using var input = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
            return await ReadAllAsync(input, NameOf(path), most, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.NoInput, $"{PrintableText.Of(path)} can't be read: {e.Message}");
        }
    }

    /// <summary>How to speak of it.</summary>
    public static string NameOf(string path) => path == "-" ? "standard input" : path;

    private static async Task<ReadOnlyMemory<byte>> ReadAllAsync(Stream input, string name, int most, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[FirstBuffer];
        int length = 0;
        while (true)
        {
            int read = await input.ReadAsync(bytes.AsMemory(length), cancellationToken);
            if (read == 0)
                return bytes.AsMemory(0, length);
            length += read;
            if (length > most)
                throw new CommandException(ExitCode.Data, $"{PrintableText.Of(name)} is larger than {most >> 20} MiB");
            if (length == bytes.Length)
                Array.Resize(ref bytes, (int)Math.Min(2L * bytes.Length, most + 1L));
        }
    }
}
