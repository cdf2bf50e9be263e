using MilterCrypt.TestSupport;

namespace MilterCrypt.Fuzz;

/// <summary>Where inputs lie.</summary>
public static class FuzzFolders
{
    /// <summary>Inputs that went wrong once, or that no seed leads to: they are tried first, by the tests too.</summary>
    public static IEnumerable<byte[]> Kept(FuzzTarget target) => ReadAll(Repository.PathOf($"tests/vectors/fuzz/{target.Name}"));

    /// <summary>What earlier runs on this machine came to.</summary>
    public static IEnumerable<byte[]> Found(FuzzTarget target) => ReadAll(Path.Combine(Of(target), "corpus"));

    /// <summary>Writes what a run came to; returns the files of what went wrong.</summary>
    public static IReadOnlyList<string> Keep(FuzzTarget target, FuzzRun run)
    {
        string corpus = Directory.CreateDirectory(Path.Combine(Of(target), "corpus")).FullName;
        foreach (byte[] input in run.Corpus)
            File.WriteAllBytes(Path.Combine(corpus, new FuzzFinding(input, "").FileName.Replace("crash-", "", StringComparison.Ordinal)), input);
        var files = new List<string>();
        foreach (FuzzFinding finding in run.Findings)
        {
            string file = Path.Combine(Of(target), finding.FileName);
            File.WriteAllBytes(file, finding.Input);
            File.WriteAllText(file + ".txt", finding.What + "\n");
            files.Add(Path.GetRelativePath(Repository.Root, file));
        }

        return files;
    }

    private static string Of(FuzzTarget target) => Repository.PathOf($"artifacts/fuzz/{target.Name}");

    private static IEnumerable<byte[]> ReadAll(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes) : [];
}
