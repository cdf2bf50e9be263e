using System.Globalization;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Faults;

/// <summary>A folder on a small file system of its own, which can be filled. Owned by the stage.</summary>
public sealed class TinyDisk : IAsyncDisposable
{
    private readonly string folder;
    private string Ballast => Path.Combine(folder, "ballast");

    private TinyDisk(string folder, string? missing) => (this.folder, Missing) = (folder, missing);

    /// <summary>Why it is a folder like others, which nobody can fill; or null.</summary>
    public string? Missing { get; }

    /// <param name="folder">A folder that is there, and empty.</param>
    /// <param name="megabytes">How large it is to be.</param>
    public static async Task<TinyDisk> MountAsync(string folder, int megabytes)
    {
        string size = string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");
        var mounted = await Command.RunAsync("mount", ["-t", "tmpfs", "-o", size, "tmpfs", folder]);
        return new TinyDisk(folder, mounted.ExitCode == 0 ? null : $"no file system of its own can be had: {mounted.Error.Trim()}");
    }

    /// <summary>Takes all room that is left.</summary>
    public void Fill()
    {
        byte[] block = new byte[4096];
        using var ballast = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                ballast.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Gives it back.</summary>
    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        if (Missing is null)
            await Command.RunAsync("umount", ["--lazy", folder]);
    }
}
