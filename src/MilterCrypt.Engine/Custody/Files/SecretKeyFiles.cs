namespace MilterCrypt.Engine.Custody.Files;

/// <summary>Which files of a folder hold secret keys: *.asc, *.pgp and *.key, but for hidden ones, such as drafts.</summary>
public static class SecretKeyFiles
{
    /// <summary>The octets that one may have.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    private static readonly string[] Endings = [".asc", ".pgp", ".key"];

    /// <summary>Their paths, in the order of their names.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it.</exception>
    public static IReadOnlyList<string> In(string folder) =>
        [.. Directory.EnumerateFiles(folder).Where(IsOne).Order(StringComparer.Ordinal)];

    private static bool IsOne(string path) => Endings.Contains(Path.GetExtension(path)) && !Path.GetFileName(path).StartsWith('.');
}
