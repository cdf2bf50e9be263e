using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Program;

/// <summary>The program under test, as its users run it: what MILTERCRYPT_BIN names, else what `make build` left.</summary>
public static class MilterCryptProgram
{
    public static string Path { get; } = System.IO.Path.GetFullPath(
        Environment.GetEnvironmentVariable("MILTERCRYPT_BIN") is { Length: > 0 } named
            ? named
            : Repository.PathOf("artifacts/bin/miltercrypt"));

    /// <summary>Why it can't be run here, or null.</summary>
    public static string? Missing() => File.Exists(Path) ? null : $"{Path} is not built: make build";

    public static Task<CommandResult> RunAsync(
        IEnumerable<string> arguments, ReadOnlyMemory<byte> input = default, CancellationToken ct = default) =>
        Command.RunAsync(Path, arguments, input, ct);
}
