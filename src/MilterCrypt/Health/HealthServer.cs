using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Health;

/// <summary>The HTTP side, on a few threads of its own that block: all else runs on the thread pool, and where every thread
/// of that waits for a disk that hangs, somebody must still be there to say so. Owned by the daemon.</summary>
internal sealed class HealthServer : IDisposable
{
    /// <summary>How many connections are served at a time; others wait to be accepted.</summary>
    private const int Threads = 4;

    private const int MostWaiting = 32;
    private const int MostHeader = 4 * 1024;
    private const int MostIgnored = 64 * 1024;

    /// <summary>How long one connection may take to send its request, and again to take the answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Socket listener;
    private readonly HealthPages pages;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly List<Thread> threads = [];
    private readonly ManualResetEventSlim stopped = new();

    private HealthServer(Socket listener, HealthPages pages, TimeProvider clock, ILogger logger)
    {
        this.listener = listener;
        this.pages = pages;
        this.clock = clock;
        this.logger = logger;
        for (int i = 0; i < Threads; i++)
        {
            var thread = new Thread(Run) { IsBackground = true, Name = "health" };
            threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>Where it listens, such as <c>http://127.0.0.1:8892</c>.</summary>
    public string Address => $"http://{listener.LocalEndPoint}";

    /// <summary>Opens the port and serves.</summary>
    /// <param name="address">Where.</param>
    /// <param name="pages">What.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <exception cref="MilterListenException">The address can't be had.</exception>
    public static HealthServer Start(IPEndPoint address, HealthPages pages, TimeProvider clock, ILogger logger)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
                listener.DualMode = false;
            listener.Bind(address);
            listener.Listen(MostWaiting);
            return new HealthServer(listener, pages, clock, logger);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new MilterListenException($"http.address: can't listen on {address}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stopped.Set();
        // Wakes those who wait in Accept.
        listener.Dispose();
        foreach (var thread in threads)
            thread.Join();
        stopped.Dispose();
    }

    private void Run()
    {
        byte[] room = new byte[MostHeader];
        while (!stopped.IsSet)
        {
            try
            {
                using var connection = listener.Accept();
                Serve(connection, room);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The client is gone, the port is closed, or no more files can be opened: a while later they may.
                if (e is SocketException { SocketErrorCode: SocketError.TooManyOpenSockets })
                    stopped.Wait(Patience);
            }
            // All: what escapes a thread ends the process.
            catch (Exception e)
            {
                logger.HealthPageFailed(e);
            }
        }
    }

    private void Serve(Socket connection, byte[] room)
    {
        connection.NoDelay = true;
        connection.SendTimeout = (int)Patience.TotalMilliseconds;
        var request = Read(connection, room, out var refusal);
        var reply = refusal ?? pages.Answer(request);
        SendAll(connection, reply.Header(clock.GetUtcNow()));
        if (request?.Method != "HEAD")
            SendAll(connection, reply.Body.Span);

        // What was not read would make the kernel reset the connection, and the answer could be lost with it.
        connection.Shutdown(SocketShutdown.Send);
        long begun = clock.GetTimestamp();
        int ignored = 0, more;
        do
            ignored += more = Receive(connection, room, begun);
        while (more > 0 && ignored < MostIgnored);
    }

    /// <returns>The request, or null where what came is none, or where there is a refusal.</returns>
    private HttpRequest? Read(Socket connection, byte[] received, out HttpReply? refusal)
    {
        int length = 0;
        long begun = clock.GetTimestamp();
        while (length < received.Length)
        {
            int more = Receive(connection, received.AsSpan(length), begun);
            if (more <= 0)
            {
                refusal = HttpReply.Text(408, "no whole request came\n");
                return null;
            }

            length += more;
            if (HttpRequest.TryRead(received.AsSpan(0, length), out var request))
            {
                refusal = null;
                return request;
            }
        }
        refusal = HttpReply.Text(431, "the request is too long\n");
        return null;
    }

    /// <returns>How many bytes came; 0 at the connection's end; -1 where it has had its time.</returns>
    private int Receive(Socket connection, Span<byte> room, long begun)
    {
        var left = Patience - clock.GetElapsedTime(begun);
        return left > TimeSpan.Zero && connection.Poll(left, SelectMode.SelectRead) ? connection.Receive(room) : -1;
    }

    private static void SendAll(Socket connection, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[connection.Send(bytes)..];
    }
}
