using System.Collections.Concurrent;
using System.Net.Sockets;
using MilterCrypt.Engine.Custody.Files;
using MilterCrypt.Native.LibC;

namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>The key holder's side of its protocol: answers those users that may ask, on a Unix socket. Owned by the program.</summary>
/// <param name="keys">The keys; the program's.</param>
/// <param name="options">Whom it answers.</param>
/// <param name="clock">Its clock.</param>
/// <param name="warn">Is told in words of those who are turned away or break the protocol; called from several threads.</param>
public sealed class KeyHolderServer(LocalKeys keys, KeyHolderOptions options, TimeProvider clock, Action<string> warn)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1), AnnouncingPeriod = TimeSpan.FromMinutes(1), AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<ServerConnection, Task> connections = new();
    private readonly WorkQueue work = new();
    private readonly Lock announcing = new();
    private KeysAnnouncement announced = new([]);

    /// <summary>Serves until it is told to stop; then it reads no more questions, answers those that it has, and returns.</summary>
    /// <param name="listener">A listening Unix socket; the caller's to dispose afterwards.</param>
    /// <param name="stop">Tells it.</param>
    public async Task RunAsync(Socket listener, CancellationToken stop)
    {
        var workers = new HolderWorkers(work, keys, options.Workers, clock, warn);
        Announce();
        await using (clock.CreateTimer(_ => LookAround(), null, Tick, Tick))
        await using (clock.CreateTimer(_ => Announce(), null, AnnouncingPeriod, AnnouncingPeriod))
        {
            await AcceptAsync(listener, stop);
            await Task.WhenAll(connections.Values);
        }

        work.Close();
        workers.Join();
    }

    /// <summary>Tells those that are connected which keys there are now, where that has changed.</summary>
    public void Announce()
    {
        lock (announcing)
        {
            var now = new KeysAnnouncement(keys.Abilities());
            if (now.SaysTheSameAs(announced))
                return;
            announced = now;
            foreach (var connection in connections.Keys)
                connection.Announce(now);
        }
    }

    private async Task AcceptAsync(Socket listener, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Admit(await listener.AcceptAsync(stop), stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException failure)
            {
                // Such as too many open files, which pass.
                warn($"a connection can't be accepted: {failure.Message}");
                await Task.Delay(AcceptPause, clock, CancellationToken.None);
            }
        }
    }

    private void Admit(Socket socket, CancellationToken stop)
    {
        var peer = SocketPeer.Of(socket);
        string? refusal = peer is null ? "a connection of nobody knows whom is closed"
            : !options.Peers.Contains(peer.User) ? $"a connection of uid {peer.User}, pid {peer.Process} is closed: it is none of the peers that may ask"
            : connections.Count >= options.MaxConnections ? $"a connection of uid {peer.User}, pid {peer.Process} is closed: there are {options.MaxConnections} already"
            : null;
        if (refusal is not null)
        {
            socket.Dispose();
            warn(refusal);
            return;
        }

        var connection = new ServerConnection(socket, peer!, work);
        lock (announcing)
        {
            connections[connection] = Task.CompletedTask;
            connection.Announce(announced);
        }

        // On the pool: with inline completions this could be the thread that learns of all sockets.
        var serving = Task.Run(() => ServeAsync(connection, stop), CancellationToken.None);
        connections.TryUpdate(connection, serving, Task.CompletedTask);
    }

    private async Task ServeAsync(ServerConnection connection, CancellationToken stop)
    {
        try
        {
            await connection.ServeAsync(stop);
            using var patience = new CancellationTokenSource(options.StopTimeout, clock);
            await connection.FinishAsync(patience.Token);
        }
        catch (HolderProtocolException broken)
        {
            warn($"the connection of uid {connection.Peer.User}, pid {connection.Peer.Process} is closed: {broken.Message}");
        }
        catch (OperationCanceledException)
        {
            // The patience is over; what is left of its questions is answered to nobody.
        }
        finally
        {
            connection.Dispose();
            connections.TryRemove(connection, out _);
        }
    }

    private void LookAround()
    {
        long now = clock.GetTimestamp();
        foreach (var connection in connections.Keys)
        {
            if (!connection.IsStuck(now, (long)(options.ReadTimeout.TotalSeconds * clock.TimestampFrequency)))
                continue;
            warn($"the connection of uid {connection.Peer.User}, pid {connection.Peer.Process} is closed: it doesn't read its answers");
            connection.Dispose();
        }
    }
}
