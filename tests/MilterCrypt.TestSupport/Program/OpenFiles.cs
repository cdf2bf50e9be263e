using System.Collections.Concurrent;
using System.Globalization;

namespace MilterCrypt.TestSupport.Program;

/// <summary>Watches which regular files a process holds open, removed ones too, and reads them through /proc as they grow, for a
/// text that must not be in them.</summary>
public sealed class OpenFiles : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, long> _read = new();
    private readonly byte[] _forbidden;
    private readonly Task _watching;

    private OpenFiles(int processId, byte[] forbidden)
    {
        _forbidden = forbidden;
        _watching = Task.Run(() => WatchAsync($"/proc/{processId.ToString(CultureInfo.InvariantCulture)}/fd"));
    }

    /// <summary>The files seen, as /proc names them ("… (deleted)" for one that is removed), with the bytes read of each.</summary>
    public IReadOnlyDictionary<string, long> Seen => _read;

    /// <summary>The files in which the text was found.</summary>
    public ConcurrentBag<string> Found { get; } = [];

    public static OpenFiles Watch(int processId, byte[] forbidden) => new(processId, forbidden);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync(string descriptors)
    {
        byte[] buffer = new byte[1 << 20];
        while (!_stop.IsCancellationRequested && Directory.Exists(descriptors))
        {
            foreach (string descriptor in Directory.EnumerateFileSystemEntries(descriptors))
                Look(descriptor, buffer);
            await Task.Delay(TimeSpan.FromMilliseconds(2));
        }
    }

    private void Look(string descriptor, byte[] buffer)
    {
        try
        {
            string? target = new FileInfo(descriptor).LinkTarget;
            if (target is null || !target.StartsWith('/') || target.StartsWith("/dev/", StringComparison.Ordinal)
                || target.StartsWith("/proc/", StringComparison.Ordinal) || target.StartsWith("/memfd", StringComparison.Ordinal))
                return;

            using var file = new FileStream(descriptor, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            long seen = _read.GetOrAdd(target, 0);
            if (file.Length < seen)
                seen = 0;   // another file under the same name
            // A little of what was read before, so that a text across the seam is found.
            file.Position = Math.Max(0, seen - _forbidden.Length);
            for (int read; (read = file.Read(buffer)) > 0;)
            {
                if (buffer.AsSpan(0, read).IndexOf(_forbidden) >= 0)
                    Found.Add(target);
                seen = file.Position;
                if (read == buffer.Length)
                    file.Position -= _forbidden.Length;
            }

            _read[target] = seen;
        }
        catch (IOException)
        {
            // Closed between the look and the read.
        }
        catch (UnauthorizedAccessException)
        {
            // A socket or a pipe under a name that looked like a path.
        }
    }
}
