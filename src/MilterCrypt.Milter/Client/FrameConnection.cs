using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Client;

/// <summary>A client's connection: frames out, frames in. What is written waits until an answer is read, as with MTAs,
/// which write macros and command at once. Owned by its client.</summary>
internal sealed class FrameConnection : IAsyncDisposable
{
    // Filters send pieces of up to 65535 bytes; some headroom finds out those who send more.
    private const int MaxFrameLength = 256 * 1024;

    private readonly Stream stream;
    private readonly PipeReader reader;
    private readonly ArrayBufferWriter<byte> unsent = new();

    private FrameConnection(Stream stream)
    {
        this.stream = stream;
        reader = PipeReader.Create(stream);
    }

    public IBufferWriter<byte> Output => unsent;

    public static async Task<FrameConnection> OpenAsync(MilterEndpoint endpoint, CancellationToken cancellationToken)
    {
        (Socket socket, EndPoint address) = endpoint switch
        {
            MilterEndpoint.Unix unix => (
                new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
                (EndPoint)new UnixDomainSocketEndPoint(unix.Path)),
            MilterEndpoint.Inet inet => (
                new Socket(SocketType.Stream, ProtocolType.Tcp),
                new DnsEndPoint(inet.Host, inet.Port)),
            _ => throw new ArgumentException($"No such kind of address: {endpoint}.", nameof(endpoint)),
        };
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
            return new FrameConnection(new NetworkStream(socket, ownsSocket: true));
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task SendAsync(CancellationToken cancellationToken)
    {
        if (unsent.WrittenCount == 0)
            return;
        await stream.WriteAsync(unsent.WrittenMemory, cancellationToken);
        unsent.ResetWrittenCount();
    }

    /// <exception cref="EndOfStreamException">The filter closed the connection.</exception>
    public async Task<MilterAnswer> ReadAsync(CancellationToken cancellationToken)
    {
        await SendAsync(cancellationToken);
        while (true)
        {
            ReadResult read = await reader.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> buffer = read.Buffer;
            if (MilterFrame.TryRead(ref buffer, MaxFrameLength, out MilterFrame frame))
            {
                var answer = new MilterAnswer(frame.Code, frame.Payload.ToArray());
                reader.AdvanceTo(buffer.Start);
                return answer;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                throw new EndOfStreamException("The filter closed the connection.");
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
