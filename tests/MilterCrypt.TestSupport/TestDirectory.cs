using System.Diagnostics;

namespace MilterCrypt.TestSupport;

/// <summary>A folder of a test's own, removed with all it holds when it is disposed. It lies where mail servers accept
/// sockets and configuration: root's, written by nobody else (Sendmail refuses a socket under /tmp), reachable by Postfix's
/// own user, on a short path (a Unix socket's has at most 107 bytes). Without root it is under the temporary folder.</summary>
public sealed class TestDirectory : IDisposable
{
    private const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <param name="parent">Where it is to lie, if that matters.</param>
    public TestDirectory(string? parent = null)
    {
        parent ??= Environment.IsPrivilegedProcess ? "/var/cache/miltercrypt-tests" : Path.GetTempPath();
        string name = Guid.NewGuid().ToString("N")[..8];
        Root = Directory.CreateDirectory(Path.Combine(parent, name), ReadableByAll).FullName;
    }

    public string Root { get; }

    public string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Writes a file, making the folders above it.</summary>
    public string Write(string relative, string content)
    {
        string path = PathOf(relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose()
    {
        var watch = Stopwatch.StartNew();
        while (Directory.Exists(Root))
        {
            try
            {
                Directory.Delete(Root, recursive: true);
            }
            catch (IOException) when (watch.Elapsed < Patience.Ample)
            {
                // A program that was told to end wrote one more file meanwhile.
                Thread.Sleep(Step);
            }
        }
    }
}
