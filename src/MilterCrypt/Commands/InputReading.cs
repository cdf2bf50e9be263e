using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>Takes whole inputs into memory, up to a limit.</summary>
internal static class InputReading
{
    private const int FirstBuffer = 64 * 1024;

    /// <summary>All bytes to the end.</summary>
    /// <exception cref="CommandException">There are more than <paramref name="most"/>.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAllAsync(Stream input, string name, int most, CancellationToken cancellationToken)
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
