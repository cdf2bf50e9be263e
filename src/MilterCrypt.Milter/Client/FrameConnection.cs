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
    // The largest data that can be agreed on, and some headroom.
    private const int MaxFrameLength = 2 * 1024 * 1024;

    private readonly Stream stream;
    private readonly PipeReader reader;
    private readonly Action<FrameTrace>? observer;
    private readonly ArrayBufferWriter<byte> unsent = new();

    private FrameConnection(Stream stream, Action<FrameTrace>? observer)
    {
        this.stream = stream;
        this.observer = observer;
        reader = PipeReader.Create(stream);
    }

    public IBufferWriter<byte> Output => unsent;

    public static async Task<FrameConnection> OpenAsync(
        MilterEndpoint endpoint, Action<FrameTrace>? observer, CancellationToken cancellationToken)
    {
        (Socket socket, EndPoint address) = endpoint switch
        {
            MilterEndpoint.Unix unix => (
                new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
                (EndPoint)new UnixDomainSocketEndPoint(unix.Path)),
            MilterEndpoint.Inet { IPv6Only: true } inet => (
                new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp),
                new DnsEndPoint(inet.Host, inet.Port, AddressFamily.InterNetworkV6)),
            MilterEndpoint.Inet inet => (
                new Socket(SocketType.Stream, ProtocolType.Tcp),
                new DnsEndPoint(inet.Host, inet.Port)),
            _ => throw new ArgumentException($"No such kind of address: {endpoint}.", nameof(endpoint)),
        };
        bool connected = false;
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
            connected = true;
            return new FrameConnection(new NetworkStream(socket, ownsSocket: true), observer);
        }
        finally
        {
            if (!connected)
                socket.Dispose();
        }
    }

    public async Task SendAsync(CancellationToken cancellationToken)
    {
        if (unsent.WrittenCount == 0)
            return;
        Show(new ReadOnlySequence<byte>(unsent.WrittenMemory));
        await stream.WriteAsync(unsent.WrittenMemory, cancellationToken);
        unsent.ResetWrittenCount();
    }

    /// <summary>Sends bytes that need not be frames, unobserved.</summary>
    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await SendAsync(cancellationToken);
        await stream.WriteAsync(bytes, cancellationToken);
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
                observer?.Invoke(new FrameTrace(FrameDirection.FromFilter, answer.Code, answer.Payload));
                return answer;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                throw new EndOfStreamException("The filter closed the connection.");
        }
    }

    private void Show(ReadOnlySequence<byte> frames)
    {
        while (observer is not null && MilterFrame.TryRead(ref frames, int.MaxValue, out MilterFrame frame))
            observer(new FrameTrace(FrameDirection.ToFilter, frame.Code, frame.Payload.ToArray()));
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
