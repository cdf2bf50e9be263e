using System.Globalization;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Benchmarks;

/// <summary>What the daemon's memory comes to, idle and with many large messages in flight at once, as the kernel counts it for
/// the daemon's control group: its pages, and those that cache its temporary files, which the kernel takes back when the
/// group reaches its limit. No MTA would have them all in flight at one moment, so an MTA is played: each message stops before its end
/// until all others are there, too.</summary>
internal static class MemoryUse
{
    private const int Piece = 65535;
    private const double Mega = 1e6;
    private const long Limit = 200_000_000;

    public static async Task<IReadOnlyList<Measurement>> MeasureAsync(Correspondent bob, int messages, int megabytes)
    {
        await using var daemon = await MessageRate.StartDaemonAsync(bob, tcp: false);
        double idle = Status(daemon.ProcessId, "VmRSS");
        using var group = MemoryGroup.TryCreate(daemon.ProcessId, Limit);
        int inFlight = 0;
        Deliver(daemon.Socket, messages, megabytes * 1_000_000, () => inFlight = SpoolFiles(daemon));

        var results = new List<Measurement>
        {
            new("memory idle, resident", idle, "MB", 60, IsCeiling: true),
            new($"messages of {megabytes} MB in flight at one moment", inFlight, "", messages),
            new("memory at its peak then, resident", Status(daemon.ProcessId, "VmHWM"), "MB", Limit / Mega, IsCeiling: true),
        };
        if (group is not null)
        {
            results.Add(new("memory at its peak then, control group held to 200 MB", group.Peak / Mega, "MB", Limit / Mega, IsCeiling: true));
            results.Add(new("of these, at most the daemon's own pages", group.OwnPages / Mega, "MB", Limit / Mega, IsCeiling: true));
        }

        return results;
    }

    private static void Deliver(MilterSocket socket, int messages, int length, Action allAreThere)
    {
        byte[] body = new byte[length];
        for (int i = 0; i < body.Length; i++)
            body[i] = (byte)(i % 64 < 62 ? 'a' + i % 26 : i % 64 == 62 ? '\r' : '\n');
        using var gate = new Barrier(messages, _ => allAreThere());
        Exception? failure = null;
        void Work()
        {
            try
            {
                using var session = new RawMilterSession(socket.Connect());
                session.Greet();
                session.Begin();
                for (int sent = 0; sent < body.Length; sent += Piece)
                    session.WriteBody(body.AsSpan(sent, Math.Min(Piece, body.Length - sent)));
                if (!gate.SignalAndWait(TimeSpan.FromMinutes(5)))
                    throw new TimeoutException("Not all messages got to their end.");
                if (session.End() <= body.Length)
                    throw new InvalidOperationException("Ciphertext is longer than what was encrypted.");
                session.Quit();
            }
            catch (Exception e)
            {
                failure = e;
            }
        }

        Thread[] threads = [.. Enumerable.Range(0, messages).Select(_ => new Thread(Work, maxStackSize: 256 * 1024))];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        if (failure is not null)
            throw new InvalidOperationException("A message was not delivered.", failure);
    }

    /// <summary>A line of /proc/PID/status, in MB.</summary>
    private static double Status(int processId, string name)
    {
        string line = File.ReadLines($"/proc/{processId}/status").First(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024 / Mega;
    }

    /// <summary>How many messages wait in the daemon: each has a temporary file.</summary>
    private static int SpoolFiles(MilterCryptDaemon daemon) => Directory.EnumerateFileSystemEntries($"/proc/{daemon.ProcessId}/fd")
        .Count(fd => new FileInfo(fd).LinkTarget?.StartsWith(daemon.SpoolDirectory, StringComparison.Ordinal) == true);
}
