using System.Net;
using System.Net.Sockets;

namespace MilterCrypt.TestSupport.Mta;

/// <summary>Where a filter listens, in the notations of those who need to know.</summary>
public abstract record MilterSocket
{
    /// <summary>For sockets in a test's own folder, which the mail server's user must reach.</summary>
    public const UnixFileMode OpenToAll = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private MilterSocket() { }

    /// <summary>As Postfix's smtpd_milters takes it.</summary>
    public abstract string ForPostfix { get; }

    /// <summary>As Sendmail's INPUT_MAIL_FILTER and libmilter's smfi_setconn take it.</summary>
    public abstract string ForSendmail { get; }

    private protected abstract EndPoint EndPoint { get; }

    /// <summary>Connects as a mail server does.</summary>
    public async Task<Socket> ConnectAsync(CancellationToken ct)
    {
        var socket = this is Unix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(EndPoint, ct);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The same for a thread that may block, with Nagle's algorithm on, as MTAs leave it.</summary>
    public Socket Connect()
    {
        var socket = this is Unix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(EndPoint);
        return socket;
    }

    /// <summary>Whether somebody listens there.</summary>
    public async Task<bool> AnswersAsync()
    {
        try
        {
            (await ConnectAsync(CancellationToken.None)).Dispose();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public sealed record Unix(string Path) : MilterSocket
    {
        public override string ForPostfix => $"unix:{Path}";

        public override string ForSendmail => $"local:{Path}";

        private protected override EndPoint EndPoint => new UnixDomainSocketEndPoint(Path);
    }

    public sealed record Tcp(int Port) : MilterSocket
    {
        public override string ForPostfix => $"inet:127.0.0.1:{Port}";

        public override string ForSendmail => $"inet:{Port}@127.0.0.1";

        private protected override EndPoint EndPoint => new IPEndPoint(IPAddress.Loopback, Port);
    }
}
