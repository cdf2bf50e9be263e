using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>Where `keys import` and `encrypt --keys` take keys from: files, folders, standard input.</summary>
internal static class KeyFiles
{
    /// <summary>A keyring of a hundred thousand keys fits; what is larger is something else.</summary>
    private const int MaxBytes = 512 * 1024 * 1024;

    private static readonly string[] KeySuffixes = [".asc", ".pgp", ".gpg", ".key", ".pub", ".cert"];

    private static readonly EnumerationOptions Below = new() { RecurseSubdirectories = true, IgnoreInaccessible = false, MatchCasing = MatchCasing.CaseInsensitive };

    /// <summary>The files that the paths stand for: of a folder all below it that are called like keys, in order.</summary>
    /// <exception cref="CommandException">There is nothing at a path.</exception>
    public static IReadOnlyList<string> Expand(IEnumerable<string> paths)
    {
        var files = new List<string>();
        foreach (string path in paths)
        {
            if (path == "-" || File.Exists(path))
                files.Add(path);
            else if (Directory.Exists(path))
                files.AddRange(InFolder(path));
            else
                throw new CommandException(ExitCode.NoInput, $"there is no file or folder '{PrintableText.Of(path)}'");
        }
        return files;
    }

    /// <summary>A file's content; - is standard input.</summary>
    /// <exception cref="CommandException">It can't be read, or is too large for keys.</exception>
    public static Task<ReadOnlyMemory<byte>> ReadAsync(string path, CancellationToken cancellationToken) =>
        InputReading.ReadFileAsync(path, MaxBytes, cancellationToken);

    private static List<string> InFolder(string folder)
    {
        try
        {
            var files = Directory.EnumerateFiles(folder, "*", Below)
                .Where(file => KeySuffixes.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal)
                .ToList();
            return files.Count > 0
                ? files
                : throw new CommandException(ExitCode.NoInput, $"in '{PrintableText.Of(folder)}' no file is called like a key: {string.Join(", ", KeySuffixes.Select(suffix => "*" + suffix))}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.NoInput, $"{PrintableText.Of(folder)} can't be read: {e.Message}");
        }
    }
}
