namespace MilterCrypt.MailServers.Postfix;

/// <summary>Reads what `postconf` prints: parameters, services (-M) and their options (-P), each on a line of its own.</summary>
internal static class PostconfOutput
{
    private const string Assigns = " =";

    /// <summary>The lines <c>name = value</c>, by name.</summary>
    public static IReadOnlyDictionary<string, string> Parameters(string text)
    {
        var parameters = new Dictionary<string, string>();
        foreach (var (name, value) in Assignments(text))
            parameters[name] = value;
        return parameters;
    }

    /// <summary>The lines <c>service/type/name = value</c>. A service's name may hold slashes.</summary>
    public static ILookup<string, (string Name, string Value)> Options(string text) => Assignments(text)
        .Select(line => (Slash: line.Name.LastIndexOf('/'), line.Name, line.Value))
        .Where(line => line.Slash > 0)
        .ToLookup(line => line.Name[..line.Slash], line => (line.Name[(line.Slash + 1)..], line.Value));

    /// <summary>The columns of master.cf's lines, the command the last: master(5).</summary>
    public static IEnumerable<ServiceLine> Services(string text) =>
        from line in Lines(text)
        let columns = line.Split((char[])[' ', '\t'], 9, StringSplitOptions.RemoveEmptyEntries)
        where columns.Length >= 8
        select new ServiceLine(columns[0], columns[1], columns[3], columns[4], columns[6], columns[7]);

    private static IEnumerable<(string Name, string Value)> Assignments(string text) =>
        from line in Lines(text)
        let end = line.IndexOf(Assigns, StringComparison.Ordinal)
        where end > 0
        select (line[..end].TrimEnd(), line[(end + Assigns.Length)..].Trim());

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What matters here of a line of master.cf.</summary>
    public readonly record struct ServiceLine(string Name, string Type, string Unprivileged, string Chroot, string Processes, string Command);
}
