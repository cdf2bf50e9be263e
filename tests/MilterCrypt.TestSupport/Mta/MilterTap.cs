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
    private readonly Lock _arming = new();
    private readonly Task _accepting;
    private MilterMoment? _moment;
    private Func<Task>? _then;
    private int _seen;
    private bool _hasEnded;

    private MilterTap(TcpListener listener, MilterSocket filter)
    {
        (_listener, _filter) = (listener, filter);
        _accepting = AcceptAsync();
    }

    /// <summary>Where the mail server connects.</summary>
    public MilterSocket Socket => new MilterSocket.Tcp(((IPEndPoint)_listener.LocalEndpoint).Port);

    /// <summary>Whether the moment that it was armed for has come, or has begun.</summary>
    public bool HasFired { get; private set; }

    public static MilterTap Start(MilterSocket filter)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(backlog: 128);
        return new MilterTap(listener, filter);
    }

    /// <summary>At <paramref name="moment"/>, once: runs <paramref name="then"/>, hands that packet on unless it is to be
    /// withheld, and then cuts the line, unless it is to be kept: nothing that the filter had already written behind it gets
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

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
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
                _lines.TryAdd(JoinAsync(await _listener.AcceptTcpClientAsync(_stop.Token)), true);
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
                await using var there = new NetworkStream(filter);
                var here = server.GetStream();

                // When one side goes, so does the other: a tap must not keep a dead line open.
                await Task.WhenAny(CarryAsync(here, there, fromFilter: false), CarryAsync(there, here, fromFilter: true));
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
            {
                // No filter there, or the test is over: the server sees its connection close, as it would without the tap.
            }
        }
    }

    private async Task CarryAsync(Stream from, Stream to, bool fromFilter)
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
                var (moment, then) = TakeIfDue(fromFilter, (char)head[4]);
                if (then is not null)
                    await then();

                if (moment is not { IsWithheld: true })
                    await to.WriteAsync(packet, _stop.Token);
                if (moment is { LineIsKept: false })
                    return;
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
            {
                return;
            }
        }
    }

    private (MilterMoment? Moment, Func<Task>? Then) TakeIfDue(bool fromFilter, char command)
    {
        lock (_arming)
        {
            _hasEnded |= !fromFilter && command == 'E';
            if (_moment is not { } moment || moment.FromFilter != fromFilter || moment.Command != command
                || (moment.IsAfterEndOfMessage && !_hasEnded) || ++_seen < moment.Nth)
                return (null, null);
            _moment = null;
            HasFired = true;
            return (moment, _then);
        }
    }
}
