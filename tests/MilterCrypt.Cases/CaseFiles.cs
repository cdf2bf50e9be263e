using MilterCrypt.Cases.Language;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Cases;

/// <summary>The case files of the project.</summary>
public static class CaseFiles
{
    public static string Folder { get; } = Repository.PathOf("tests/cases");

    /// <summary>All of them, relative to their folder.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory.EnumerateFiles(Folder, "*.case", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Folder, path)).Order(StringComparer.Ordinal),
    ];

    public static TextCase Read(string file) => CaseReader.Read(file, File.ReadAllText(Path.Combine(Folder, file)));
}
