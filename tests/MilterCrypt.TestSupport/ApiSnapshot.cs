namespace MilterCrypt.TestSupport;

/// <summary>A library's public API as it was last agreed on: a text file beside its tests.</summary>
public static class ApiSnapshot
{
    private const string Accept = "ACCEPT_API";

    /// <summary>Compares; or, when <c>ACCEPT_API=1</c> is set, takes the API as it is now for agreed on.</summary>
    /// <param name="file">The snapshot, from the repository's root.</param>
    /// <param name="now">The API as it is now.</param>
    /// <returns>Null where they are the same; else what was taken out, what came in, and how to accept it.</returns>
    public static string? Difference(string file, string now)
    {
        string path = Repository.PathOf(file);
        now = now.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
        if (Environment.GetEnvironmentVariable(Accept) == "1")
            File.WriteAllText(path, now);

        string agreed = File.Exists(path) ? File.ReadAllText(path) : "";
        if (agreed == now)
            return null;
        string[] before = agreed.Split('\n');
        string[] after = now.Split('\n');
        return $"""
            The public API is not what {file} says.
            {string.Join('\n', before.Except(after).Select(line => $"- {line.Trim()}").Concat(after.Except(before).Select(line => $"+ {line.Trim()}")))}
            If that is wanted: make api, and look at the difference before it is committed.
            """;
    }
}
