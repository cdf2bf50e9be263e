using System.Diagnostics;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Engine.Tests.Journal;

/// <summary>A file system of half a megabyte, in memory, which can be filled.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TestDirectory directory = new();

    private SmallDisk() { }

    /// <summary>Mounts one, or returns null where this user may not.</summary>
    public static async Task<SmallDisk?> TryMountAsync(CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
            return null;
        var disk = new SmallDisk();
        if (await RunAsync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", disk.directory.Root], cancellationToken))
            return disk;
        disk.directory.Dispose();
        return null;
    }

    public string PathOf(string relative) => directory.PathOf(relative);

    public void Fill()
    {
        using var filling = new FileStream(PathOf("filling"), FileMode.Create);
        try
        {
            for (; ; )
            {
                filling.Write(new byte[4096]);
                filling.Flush();
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Free() => File.Delete(PathOf("filling"));

    public async Task MakeReadOnlyAsync(CancellationToken cancellationToken) =>
        Assert.True(await RunAsync("mount", ["-o", "remount,ro", directory.Root], cancellationToken));

    public void Dispose()
    {
        using (var umount = Process.Start("umount", ["-l", directory.Root]))
            umount.WaitForExit();
        directory.Dispose();
    }

    private static async Task<bool> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0;
    }
}
