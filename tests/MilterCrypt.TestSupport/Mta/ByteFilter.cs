using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MilterCrypt.TestSupport.Mta;

/// <summary>A filter on TCP that answers each command with the bytes that a test says, frames or not, and keeps what it was
/// told.</summary>
public sealed class ByteFilter : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<char, byte[], IEnumerable<byte[]>?> _script;
    private readonly List<(char Code, byte[] Data)> _told = [];
    private readonly Task _serving;

    /// <param name="script">Pieces to send upon a command, without end if need be; null for the usual answer: to everything
    /// agreed, every step answered, go on.</param>
    public ByteFilter(Func<char, byte[], IEnumerable<byte[]>?> script)
    {
        _script = script;
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Closes the connection in place of an answer.</summary>
    public static byte[] HangUp { get; } = [];

    public MilterSocket Socket => new MilterSocket.Tcp(((IPEndPoint)_listener.LocalEndpoint).Port);

    /// <summary>Each frame that came, so far.</summary>
    public IReadOnlyList<(char Code, byte[] Data)> Told
    {
        get
        {
            lock (_told)
                return [.. _told];
        }
    }

    /// <summary>The data of the frames of one kind, with | for NUL.</summary>
    public IEnumerable<string> ToldTo(char code) =>
        Told.Where(frame => frame.Code == code).Select(frame => Encoding.UTF8.GetString(frame.Data).Replace('\0', '|'));

    /// <summary>A frame of text, one byte each.</summary>
    public static byte[] Frame(char code, string text = "") => Frame(code, Encoding.Latin1.GetBytes(text));

    public static byte[] Frame(char code, byte[] data)
    {
        byte[] frame = new byte[5 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, data.Length + 1);
        frame[4] = (byte)code;
        data.CopyTo(frame, 5);
        return frame;
    }

    /// <summary>An answer to the negotiation.</summary>
    public static byte[] Agree(uint actions, uint protocol)
    {
        byte[] data = new byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(data, 6);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(4), actions);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(8), protocol);
        return Frame('O', data);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using var peer = await _listener.AcceptTcpClientAsync();
                peer.NoDelay = true;
                await ServeAsync(peer.GetStream());
            }
            catch (IOException)
            {
                // It went away amid something; the next may come.
            }
            catch (Exception e) when (e is SocketException or InvalidOperationException)
            {
                // No longer listening.
                return;
            }
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        byte[] prefix = new byte[5];
        while (await stream.ReadAtLeastAsync(prefix, prefix.Length, throwOnEndOfStream: false) == prefix.Length)
        {
            byte[] data = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix) - 1];
            await stream.ReadExactlyAsync(data);
            char code = (char)prefix[4];
            lock (_told)
                _told.Add((code, data));
            foreach (byte[] piece in _script(code, data) ?? Usual(code))
            {
                if (piece.Length == 0)
                    return;
                await stream.WriteAsync(piece);
            }
        }
    }

    private static byte[][] Usual(char code) => code switch
    {
        'O' => [Agree(0x1FF, 0)],
        'D' or 'A' or 'Q' => [],
        _ => [Frame('c')],
    };
}
