using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop.Rigs;

/// <summary>A folder of postfix-examples, laid over a private Postfix as an administrator would: its lines of main.cf at the
/// end, its services of master.cf in place of those of the same name. Nothing of it is changed but ports and, where a test
/// has no jail laid out, chroot.</summary>
internal static class ExampleLayout
{
    /// <summary>Writes etc/main.cf and etc/master.cf.</summary>
    /// <param name="directory">The Postfix's folder; its queue is below it.</param>
    /// <param name="name">The example's.</param>
    /// <param name="nextHop">Where all mail goes in the end, on 127.0.0.1.</param>
    /// <param name="port">Where the Postfix takes mail, in place of the service smtp; null where nobody starts it.</param>
    /// <param name="ports">What stands in for the example's ports.</param>
    public static void Write(TestDirectory directory, string name, int nextHop, int? port, params (int Example, int Own)[] ports)
    {
        PostfixConfiguration.Write(directory, port ?? LoopbackPort.Free(), filter: null, nextHop, []);
        Directory.CreateDirectory(directory.PathOf("queue/miltercrypt"));
        SetMain(directory, Read(name, "main.cf", ports));

        string master = directory.PathOf("etc/master.cf");
        string services = Read(name, "master.cf", ports);
        if (port is { } at)
            services = WithoutJail(services).Replace("\nsmtp ", $"\n127.0.0.1:{at} ", StringComparison.Ordinal);
        // The first of the private Postfix's own services is its listener.
        File.WriteAllText(master, services + string.Join('\n', File.ReadLines(master).Skip(1)) + "\n");
    }

    /// <summary>Lays an example over the one that is there: its lines of main.cf in place of the same, its services besides.</summary>
    /// <param name="directory">The Postfix's folder.</param>
    /// <param name="name">The example's.</param>
    /// <param name="isStarted">Whether somebody starts that Postfix.</param>
    /// <param name="ports">What stands in for the example's ports.</param>
    public static void Add(TestDirectory directory, string name, bool isStarted, params (int Example, int Own)[] ports)
    {
        SetMain(directory, Read(name, "main.cf", ports));
        string services = Read(name, "master.cf", ports);
        File.AppendAllText(directory.PathOf("etc/master.cf"), isStarted ? WithoutJail(services) : services);
    }

    /// <summary>A file of an example.</summary>
    public static string Read(string name, string file, params (int Example, int Own)[] ports)
    {
        string text = File.ReadAllText(Repository.PathOf($"postfix-examples/{name}/{file}"));
        foreach (var (example, own) in ports)
            text = text.Replace($"127.0.0.1:{example}", $"127.0.0.1:{own}", StringComparison.Ordinal).Replace($"[127.0.0.1]:{example}", $"[127.0.0.1]:{own}", StringComparison.Ordinal);
        return text;
    }

    /// <summary>Puts lines into main.cf, in place of those that set the same parameters: Postfix warns of each that is set twice, and
    /// before its log daemon runs too many warnings block it.</summary>
    public static void SetMain(TestDirectory directory, string lines)
    {
        string[] added = lines.Split('\n');
        var names = added.Where(line => line.Contains(" =", StringComparison.Ordinal) && line[0] != '#').Select(line => line.Split(" =")[0] + " =").ToList();
        string file = directory.PathOf("etc/main.cf");
        File.WriteAllLines(file, File.ReadAllLines(file).Where(line => !names.Exists(name => line.StartsWith(name, StringComparison.Ordinal))).Concat(added));
    }

    /// <summary>The example's configuration of the filter, listening below that Postfix's queue directory, with a key between hops
    /// of its own.</summary>
    public static string Filter(TestDirectory directory, string name)
    {
        string key = directory.Write("hop.key", "a secret that only these two hops have\n");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return File.ReadAllText(Repository.PathOf($"postfix-examples/{name}/miltercrypt.yaml"))
            .Replace("/var/spool/postfix/", directory.PathOf("queue/"), StringComparison.Ordinal)
            .Replace("/etc/miltercrypt/hop.key", key, StringComparison.Ordinal);
    }

    // A chroot would need a jail laid out in the queue directory.
    private static string WithoutJail(string services) => string.Join('\n', services.Split('\n').Select(line =>
        line.Length == 0 || line[0] is '#' or ' ' ? line : line.Replace(" y ", " n ", StringComparison.Ordinal)));
}
