using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.OpenPgp.Tests.Hostile;

/// <summary>What a piece of work costs, in what it allocates: the same each time, on a busy machine too.</summary>
internal static class Work
{
    /// <summary>The most that an input may cost, whatever it is; Argon2's memory, which is libargon2's, is not in it.</summary>
    public const long Most = 16 << 20;

    public static long AllocatedBy(Action work)
    {
        work();
        long before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Holds that an input allocates little.</summary>
    public static void StaysSmall(Action work) => Assert.InRange(AllocatedBy(work), 0, Most);

    /// <summary>Holds that an input of twice the size costs about twice as much, and not four times.</summary>
    public static void GrowsWithItsInput(int size, Func<int, Action> work)
    {
        long once = AllocatedBy(work(size)), twice = AllocatedBy(work(2 * size));
        Assert.True(twice <= (5 * once / 2) + 100_000, $"{size}: {once:N0}, {2 * size}: {twice:N0}");
    }

    /// <summary>Reads a message and keeps nothing of it.</summary>
    public static (MessageReading Reading, long Length) Read(ReadOnlySpan<byte> message, Func<SessionKeyRequest, SessionKey?>? key = null)
    {
        var sink = new Counter();
        using var reader = new MessageReader(sink, new ReadingOptions());
        const int Piece = 4096;
        for (int at = 0; at < message.Length; at += Piece)
        {
            reader.Write(message.Slice(at, Math.Min(Piece, message.Length - at)));
            if (reader.SessionKeyWanted is { } wanted)
            {
                using var answer = key?.Invoke(wanted);
                reader.UseSessionKey(answer, reader: null);
            }
        }

        return (reader.Complete([]), sink.Length);
    }

    private sealed class Counter : IPlaintextSink
    {
        public long Length { get; private set; }

        public void Write(ReadOnlySpan<byte> data) => Length += data.Length;

        public void Prove()
        {
            // Only counts.
        }
    }
}
