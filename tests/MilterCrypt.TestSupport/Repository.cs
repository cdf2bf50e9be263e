namespace MilterCrypt.TestSupport;

/// <summary>Where the project's own files are, seen from a test that runs in it.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MilterCrypt.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"no MilterCrypt.sln above {AppContext.BaseDirectory}");
    }
}
