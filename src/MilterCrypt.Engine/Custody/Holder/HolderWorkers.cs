using System.Security.Cryptography;
using MilterCrypt.Engine.Custody.Files;

namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>The threads that use keys: as many as there are processors, however many ask. An answer waits for others only
/// while the worker has more to do, and a millisecond at most: then they leave in one write.</summary>
internal sealed class HolderWorkers
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(1);

    private readonly WorkQueue work;
    private readonly LocalKeys keys;
    private readonly TimeProvider clock;
    private readonly Action<string> warn;
    private readonly Thread[] threads;

    public HolderWorkers(WorkQueue work, LocalKeys keys, int count, TimeProvider clock, Action<string> warn)
    {
        this.work = work;
        this.keys = keys;
        this.clock = clock;
        this.warn = warn;
        threads = [.. Enumerable.Range(0, count).Select(_ => new Thread(Work) { IsBackground = true, Name = "keys" })];
        foreach (var thread in threads)
            thread.Start();
    }

    /// <summary>Waits until they have nothing left to do; the queue was closed before.</summary>
    public void Join()
    {
        foreach (var thread in threads)
            thread.Join();
    }

    private void Work()
    {
        ServerConnection? unsent = null;
        long since = 0;
        while (true)
        {
            if (!work.TryTake(wait: unsent is null, out var connection, out var question))
            {
                if (unsent is null)
                    return;
                unsent.Flush();
                unsent = null;
                continue;
            }

            if (unsent is not null && unsent != connection)
            {
                unsent.Flush();
                unsent = null;
            }

            long begun = clock.GetTimestamp();
            Answer(connection, question);
            if (unsent is null)
                since = begun;
            unsent = connection;
            if (clock.GetElapsedTime(since) < LongestWait)
                continue;
            unsent.Flush();
            unsent = null;
        }
    }

    private void Answer(ServerConnection connection, ServerConnection.Question question)
    {
        if (connection.IsGone)
        {
            connection.Skip(question);
            return;
        }

        try
        {
            if (question.Content is SignQuestion sign)
            {
                var signed = keys.Sign(sign.Key, sign.Hash, sign.Digest.Span, sign.Use, connection.Peer);
                connection.Answer(question, signed.Values is { } values ? new SignedAnswer(values) : new RefusedAnswer(signed.Refusal!));
            }
            else if (question.Content is OpenQuestion open)
            {
                var answer = keys.Open(open.Packets, open.Keys, open.PacketVersion, open.Cipher, open.Use, connection.Peer);
                using var opened = answer.Opened;
                connection.Answer(
                    question,
                    opened is not null ? new OpenedAnswer(opened) : answer.Refusal is { } refusal ? new RefusedAnswer(refusal) : new NotForThemAnswer());
            }
        }
        // All: a question that fails for a reason of its own must not take the others' worker away.
        catch (Exception failure)
        {
            warn($"a question of uid {connection.Peer.User} failed: {(failure is CryptographicException ? failure.Message : failure.ToString())}");
            connection.Answer(question, new RefusedAnswer("the key holder failed; its log says why"));
        }
    }
}
