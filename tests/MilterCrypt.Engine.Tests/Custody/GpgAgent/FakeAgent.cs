using System.Net.Sockets;
using System.Text;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Engine.Tests.Custody.GpgAgent;

/// <summary>Something at the other end of a socket that claims to be gpg-agent.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private readonly TestDirectory folder = new();
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<NetworkStream, CancellationToken, Task> serve;
    private readonly Task accepting;

    private FakeAgent(Func<NetworkStream, CancellationToken, Task> serve)
    {
        this.serve = serve;
        Socket = folder.PathOf("S.gpg-agent");
        listener.Bind(new UnixDomainSocketEndPoint(Socket));
        listener.Listen();
        accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public string Socket { get; }

    /// <summary>How often somebody has connected.</summary>
    public int Connections { get; private set; }

    /// <summary>Says these octets and nothing more, whatever it is told.</summary>
    public static FakeAgent Saying(byte[] octets, bool hangsUp = true) => new(async (stream, ct) =>
    {
        await stream.WriteAsync(octets, ct);
        if (!hangsUp)
            await Task.Delay(Timeout.Infinite, ct);
    });

    /// <summary>Greets, and answers each line as it is told to; an answer of null hangs up, an empty one is none.</summary>
    public static FakeAgent Answering(Func<string, byte[]?> answer) => new(async (stream, ct) =>
    {
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await stream.WriteAsync("OK Pleased to meet you\n"u8.ToArray(), ct);
        while (await reader.ReadLineAsync(ct) is { } line)
        {
            if (answer(line) is not { } said)
                return;
            await stream.WriteAsync(said, ct);
        }
    });

    /// <summary>Stands before a real agent.</summary>
    /// <param name="socket">The real one's.</param>
    /// <param name="change">What becomes of each line that it says; its line feed is at its end.</param>
    /// <param name="most">After so many octets of answers it hangs up.</param>
    public static FakeAgent Relaying(string socket, Func<byte[], byte[]> change, int most = int.MaxValue) => new(async (stream, ct) =>
    {
        using var real = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await real.ConnectAsync(new UnixDomainSocketEndPoint(socket), ct);
        await using var agent = new NetworkStream(real);
        _ = stream.CopyToAsync(agent, ct);
        var line = new List<byte>();
        byte[] octet = new byte[1];
        int left = most;
        while (left > 0 && await agent.ReadAsync(octet, ct) > 0)
        {
            line.Add(octet[0]);
            if (octet[0] != '\n')
                continue;
            byte[] said = change([.. line]);
            said = said[..Math.Min(said.Length, left)];
            left -= said.Length;
            await stream.WriteAsync(said, ct);
            line.Clear();
        }
    });

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
        folder.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(stop.Token);
                Connections++;
                _ = ServeAsync(socket);
            }
        }
        catch (Exception ending) when (ending is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            await serve(stream, stop.Token);
        }
        catch (Exception ending) when (ending is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // Whoever asked has left, or it was stopped.
        }
    }
}
