using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MilterCrypt.TestSupport.Mta;

/// <summary>Stands on the lines between SMTP clients and a server, hands on what they say, calls out at a chosen moment, and knows which
/// messages the server took and who heard of it.</summary>
public sealed class SmtpTap : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<SmtpTapLine, Task> _lines = new();
    private readonly ConcurrentQueue<CarriedMessage> _carried = new();
    private readonly Lock _arming = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly int _serverPort;
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private SmtpMoment? _moment;
    private Func<Task>? _then;
    private int _seen;

    private SmtpTap(int port, int serverPort) => (Port, _serverPort) = (port, serverPort);

    /// <summary>Where clients connect.</summary>
    public int Port { get; }

    /// <summary>Whether the moment that it was armed for has come.</summary>
    public bool HasFired { get; private set; }

    /// <summary>How many lines it has that have not ended at both sides.</summary>
    public int OpenLines => _lines.Count;

    /// <summary>The messages whose end was handed on since this was last cleared.</summary>
    public IReadOnlyList<CarriedMessage> Carried => [.. _carried];

    public static SmtpTap Start(int serverPort)
    {
        var tap = new SmtpTap(LoopbackPort.Free(), serverPort);
        tap.Listen();
        return tap;
    }

    /// <summary>Takes connections, again.</summary>
    public void Listen()
    {
        if (_listener is not null)
            return;
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start(backlog: 128);
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>Takes none until <see cref="Listen"/>: they are refused by the system.</summary>
    public async Task RefuseAsync()
    {
        _listener?.Dispose();
        _listener = null;
        await _accepting;
    }

    /// <summary>At <paramref name="moment"/>, once, runs <paramref name="then"/>, and does what the moment says. Nothing else
    /// passes meanwhile.</summary>
    public void Arm(SmtpMoment moment, Func<Task> then)
    {
        lock (_arming)
            (_moment, _then, _seen, HasFired) = (moment, then, 0, false);
    }

    /// <summary>Lets everything through again.</summary>
    public void Disarm()
    {
        lock (_arming)
            _moment = null;
    }

    /// <summary>Forgets which messages it carried.</summary>
    public void Forget() => _carried.Clear();

    public async ValueTask DisposeAsync()
    {
        await RefuseAsync();
        await _stop.CancelAsync();
        await Task.WhenAll(_lines.Values);
        _stop.Dispose();
        _turn.Dispose();
    }

    internal void Keep(CarriedMessage message) => _carried.Enqueue(message);

    /// <summary>One step at a time: what is done at a moment is done before anything else passes.</summary>
    /// <param name="step">The step.</param>
    /// <param name="pass">Hands it on; is told what is to become of it.</param>
    internal async Task TakeAsync(SmtpStep step, Func<SmtpMoment?, Task> pass)
    {
        await _turn.WaitAsync(_stop.Token);
        try
        {
            var (moment, then) = TakeIfDue(step);
            if (moment is { IsAfterwards: false })
                await then!();
            await pass(moment);
            if (moment is { IsAfterwards: true })
                await then!();
        }
        finally
        {
            _turn.Release();
        }
    }

    private (SmtpMoment? Moment, Func<Task>? Then) TakeIfDue(SmtpStep step)
    {
        lock (_arming)
        {
            if (_moment is not { } moment || !moment.Fits(step) || ++_seen < moment.Nth)
                return (null, null);
            _moment = null;
            HasFired = true;
            return (moment, _then);
        }
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            try
            {
                var line = new SmtpTapLine(this, await listener.AcceptTcpClientAsync(_stop.Token), new TcpClient { NoDelay = true });
                _lines[line] = Task.CompletedTask;
                _lines[line] = CarryAsync(line);
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task CarryAsync(SmtpTapLine line)
    {
        await Task.Yield();
        try
        {
            await line.CarryAsync(_serverPort, _stop.Token);
        }
        finally
        {
            _lines.TryRemove(line, out _);
        }
    }
}
