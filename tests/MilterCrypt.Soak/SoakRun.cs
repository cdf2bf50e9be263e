using System.Diagnostics;
using System.Globalization;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Soak;

/// <summary>Drives the daemon with many messages over many connections at a time, and holds its memory, descriptors and
/// answers against what they should be.</summary>
internal sealed class SoakRun(MilterCryptDaemon daemon, int messages, int sessions)
{
    private const double Mega = 1024 * 1024;

    // Bytes for each message: one megabyte for a hundred thousand.
    private const double MostGrowth = Mega / 100_000;

    // A heap breathes by some megabytes; less than this says nothing, however short the run.
    private const double Breath = 8 * Mega;

    private static readonly TimeSpan ReadingInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LineInterval = TimeSpan.FromMinutes(1);

    private readonly MemoryTrend trend = new();
    private readonly long[] done = new long[Enum.GetValues<MessageKind>().Length];
    private long begun;
    private Exception? failure;

    private long Done => done.Sum();

    /// <summary>Returns whether all was as it should be, having said so.</summary>
    public async Task<bool> RunAsync()
    {
        // What the process opens only once it works.
        Carry(Math.Min(1000, messages));
        await Task.Delay(ReadingInterval);
        ProcessReading idle = ProcessReading.Of(daemon.ProcessId);
        Array.Clear(done);
        begun = 0;
        Say(idle, "idle, after a thousand messages");

        var watch = Stopwatch.StartNew();
        Task carrying = Task.Run(() => Carry(messages));
        TimeSpan lastLine = TimeSpan.Zero;
        long lastDone = 0;
        while (!carrying.IsCompleted)
        {
            await Task.WhenAny(carrying, Task.Delay(ReadingInterval));
            ProcessReading reading = ProcessReading.Of(daemon.ProcessId);
            trend.Add(Done, reading.Anonymous);
            if (watch.Elapsed - lastLine < LineInterval)
                continue;
            Say(reading, Text($"{Done,10:N0} messages, {(Done - lastDone) / (watch.Elapsed - lastLine).TotalSeconds,6:N0}/s"));
            (lastLine, lastDone) = (watch.Elapsed, Done);
        }

        await carrying;
        return await JudgeAsync(idle, watch.Elapsed);
    }

    private async Task<bool> JudgeAsync(ProcessReading idle, TimeSpan taken)
    {
        Console.WriteLine(Text($"{Done:N0} messages in {taken:hh\\:mm\\:ss}, {Done / taken.TotalSeconds:N0}/s, {sessions} sessions at a time: ")
            + string.Join(", ", Enum.GetValues<MessageKind>().Select(kind => Text($"{done[(int)kind]:N0} {kind.ToString().ToLowerInvariant()}"))));
        bool flat = Check(failure is null && Done == messages, $"each message was answered as it should be{(failure is null ? "" : $": {failure.Message}")}");
        (double each, double inAll) = trend.OfSecondHalf();
        flat &= Check(
            each <= MostGrowth || inAll <= Breath,
            Text($"memory is flat: over the second half {each * 100_000 / Mega:+0.00;-0.00} MB for 100,000 messages, {inAll / Mega:+0.0;-0.0} MB in all"));
        ProcessReading end = await SettledAsync(idle);
        Say(end, "idle again");
        flat &= Check(end.Descriptors <= idle.Descriptors, $"{end.Descriptors} descriptors are open, {idle.Descriptors} were before");
        int errors = daemon.Log.Split('\n').Count(line => line.Contains("\"error\"", StringComparison.Ordinal));
        return flat & Check(errors == 0, $"{errors} errors in the daemon's log");
    }

    // Threads that block: the driver shares the machine with what it measures, and tasks would cost more.
    private void Carry(int count)
    {
        Thread[] threads = [.. Enumerable.Range(0, sessions).Select(_ => new Thread(() => Work(count), maxStackSize: 256 * 1024))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
    }

    private void Work(int count)
    {
        try
        {
            using var session = new SoakSession(daemon.Socket);
            for (long number; (number = Interlocked.Increment(ref begun)) <= count && failure is null;)
            {
                MessageKind kind = MessageMix.Of(number);
                session.Carry(kind, number);
                Interlocked.Increment(ref done[(int)kind]);
            }
        }
        catch (Exception e)
        {
            failure ??= e;
        }
    }

    // The daemon ends its connections when it notices that their peers are gone.
    private async Task<ProcessReading> SettledAsync(ProcessReading idle)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            ProcessReading now = ProcessReading.Of(daemon.ProcessId);
            if (now.Descriptors <= idle.Descriptors || watch.Elapsed > Patience.Ample)
                return now;
            await Task.Delay(ReadingInterval);
        }
    }

    private static bool Check(bool holds, string what)
    {
        Console.WriteLine($"{(holds ? "ok  " : "FAIL")} {what}");
        return holds;
    }

    private static void Say(ProcessReading reading, string when) => Console.WriteLine(Text(
        $"{when,-40} resident {reading.Resident / Mega,6:0.0} MB, heaps {reading.Anonymous / Mega,6:0.0} MB, {reading.Descriptors,4} descriptors, {reading.Threads,3} threads"));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
