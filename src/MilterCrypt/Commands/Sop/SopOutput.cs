using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Sop;

/// <summary>What is written beside standard output: a new file, or @FD:n, a descriptor that the caller opened.</summary>
internal static class SopOutput
{
    /// <summary>Refuses a name that nothing can be written to, before there is anything to write.</summary>
    /// <param name="name">The name; null where nothing is asked for.</param>
    /// <exception cref="CommandException">Why not.</exception>
    public static void Check(string? name)
    {
        if (name is null)
            return;
        if (SopInput.IsSpecial(name))
        {
            if (!name.StartsWith("@FD:", StringComparison.Ordinal))
                throw new CommandException(SopExitCode.UnsupportedSpecialPrefix, $"{PrintableText.Of(name)}: output goes to files and @FD: only");
        }
        else if (Path.Exists(name))
        {
            throw new CommandException(SopExitCode.OutputExists, $"{PrintableText.Of(name)} exists");
        }
    }

    /// <summary>Writes; a new file is its owner's alone.</summary>
    /// <exception cref="CommandException">It can't be written.</exception>
    public static void Write(string? name, ReadOnlySpan<byte> octets)
    {
        if (name is null)
            return;
        Check(name);
        try
        {
            using var stream = SopInput.OpenDescriptor(name, FileAccess.Write) ?? Create(name);
            stream.Write(octets);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException(SopExitCode.Unspecified, $"{PrintableText.Of(name)} can't be written: {e.Message}");
        }
    }

    private static FileStream Create(string name) => new(name, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });
}
