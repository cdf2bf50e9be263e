namespace MilterCrypt.Commands;

/// <summary>A command can't go on. Caught in one place, which says why and ends the program.</summary>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
/// <param name="message">A line, or several, for standard error.</param>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    /// <summary>What the program ends with.</summary>
    public int ExitCode { get; } = exitCode;
}
