namespace MilterCrypt.Engine.Tests;

/// <summary>Files without a name that this process holds open, such as spools: looked at through its own descriptors.</summary>
internal static class OpenDeletedFile
{
    /// <summary>The descriptors of those that were made in a folder, as paths that can be opened once more.</summary>
    public static IReadOnlyList<string> In(string folder) =>
    [
        .. from descriptor in Directory.GetFiles("/proc/self/fd")
           let target = new FileInfo(descriptor).LinkTarget
           where target is not null && target.StartsWith(folder, StringComparison.Ordinal) && target.EndsWith("(deleted)", StringComparison.Ordinal)
           select descriptor,
    ];
}
