using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MilterCrypt.TestSupport.Mta;

/// <summary>Stands on the line between a mail server and its filter, hands packets on, and calls out at a chosen moment: a
/// mail server gives a filter its headers and body when it likes, so that a client's pace can't choose it.</summary>
public sealed class MilterTap : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly MilterSocket _filter;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _lines = new();
    private readonly ConcurrentDictionary<TcpClient, Socket> _open = new();
    private readonly Lock _arming = new();
    private readonly Task _accepting;
    private MilterMoment? _moment;
    private Func<Task>? _then;
    private int _seen;
    private int _calls;
    private int _taken;
    private bool _hasEnded;

    private MilterTap(TcpListener listener, MilterSocket filter)
    {
        (_listener, _filter) = (listener, filter);
        _accepting = AcceptAsync();
    }

    /// <summary>Where the mail server connects.</summary>
    public MilterSocket Socket => new MilterSocket.Tcp(((IPEndPoint)_listener.LocalEndpoint).Port);

    /// <summary>How often the mail server has connected.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Of how many messages the filter has said that their sender is told 250, whoever heard it.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Whether the moment that it was armed for has come, or has begun.</summary>
    public bool HasFired { get; private set; }

    /// <summary>How many mail servers are connected.</summary>
    public int OpenLines => _open.Count;

    public static MilterTap Start(MilterSocket filter)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(backlog: 128);
        return new MilterTap(listener, filter);
    }

    /// <summary>At <paramref name="moment"/>, once: runs <paramref name="then"/>, hands that packet on unless it is to be
    /// withheld, and then cuts the line unless it is to be kept, so that nothing the filter had already written behind it gets
    /// through.</summary>
    public void Arm(MilterMoment moment, Func<Task> then)
    {
        lock (_arming)
            (_moment, _then, _seen, _hasEnded, HasFired) = (moment, then, 0, false, false);
    }

    /// <summary>Lets everything through again.</summary>
    public void Disarm()
    {
        lock (_arming)
            _moment = null;
    }

    /// <summary>Cuts all lines at once.</summary>
    public void CutAll(bool reset)
    {
        foreach (var (server, filter) in _open)
            Cut(server, filter, reset);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_lines.Keys);
        _stop.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var server = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _calls);
                _lines.TryAdd(JoinAsync(server), true);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task JoinAsync(TcpClient server)
    {
        using (server)
        {
            server.NoDelay = true;
            try
            {
                using var filter = await _filter.ConnectAsync(_stop.Token);
                _open.TryAdd(server, filter);
                await using var there = new NetworkStream(filter);
                var here = server.GetStream();

                var line = new Line();

                // When one side goes, so does the other: a tap must not keep a dead line open.
                var first = await Task.WhenAny(CarryAsync(here, there, line, fromFilter: false), CarryAsync(there, here, line, fromFilter: true));
                if (await first)
                    Cut(server, filter, reset: true);
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
            {
                // No filter there, or the test is over: the server sees its connection close, as it would without the tap.
            }
            finally
            {
                _open.TryRemove(server, out _);
            }
        }
    }

    private static void Cut(TcpClient server, Socket filter, bool reset)
    {
        try
        {
            if (reset)
            {
                // Not to be heard of on a Unix socket, where unread octets alone make a reset.
                server.LingerState = new LingerOption(true, 0);
                if (filter.AddressFamily != AddressFamily.Unix)
                    filter.LingerState = new LingerOption(true, 0);
            }

            server.Close();
            filter.Close();
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // It went by itself.
        }
    }

    /// <returns>Whether the line is to be reset.</returns>
    private async Task<bool> CarryAsync(Stream from, Stream to, Line line, bool fromFilter)
    {
        byte[] head = new byte[5];
        while (true)
        {
            try
            {
                await from.ReadExactlyAsync(head, _stop.Token);
                byte[] packet = new byte[checked(BinaryPrimitives.ReadInt32BigEndian(head) + 4)];
                head.CopyTo(packet, 0);
                await from.ReadExactlyAsync(packet.AsMemory(5), _stop.Token);
                if (line.IsTaken(fromFilter, (char)head[4]))
                    Interlocked.Increment(ref _taken);
                var (moment, then) = TakeIfDue(fromFilter, (char)head[4]);
                if (then is not null)
                    await then();

                if (moment is not { IsWithheld: true })
                    await to.WriteAsync(packet, _stop.Token);
                if (moment is { KeepsLine: false })
                    return moment.IsReset;
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    private (MilterMoment? Moment, Func<Task>? Then) TakeIfDue(bool fromFilter, char command)
    {
        lock (_arming)
        {
            _hasEnded |= !fromFilter && command == 'E';
            if (_moment is not { } moment || moment.FromFilter != fromFilter
                || (moment.Command != command && moment.Command != MilterMoment.AnyCommand)
                || (moment.IsAfterEndOfMessage && !_hasEnded) || ++_seen < moment.Nth)
                return (null, null);
            _moment = null;
            HasFired = true;
            return (moment, _then);
        }
    }

    /// <summary>What must be remembered of one line to know which answer is a message's.</summary>
    private sealed class Line
    {
        private volatile bool isAsked;

        /// <summary>Whether this packet answers a message's end so that its sender is told 250: continue, accept or discard.</summary>
        public bool IsTaken(bool fromFilter, char command)
        {
            if (!fromFilter)
            {
                isAsked |= command == 'E';
                return false;
            }

            if (!isAsked || command is not ('c' or 'a' or 'd' or 'r' or 't' or 'y'))
                return false;
            isAsked = false;
            return command is 'c' or 'a' or 'd';
        }
    }
}
