using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Daemon;

/// <summary>Tells systemd how the daemon is (sd_notify(3)); says nothing where nobody asked.</summary>
/// <param name="address">$NOTIFY_SOCKET, or null.</param>
/// <param name="logger">Where it is said that it can't be told; mail is filtered all the same.</param>
internal sealed class ServiceManager(string? address, ILogger logger)
{
    /// <summary>Mail can come.</summary>
    public void Ready(string status) => Say($"READY=1\nSTATUS={status}");

    /// <summary>A new configuration is being read.</summary>
    public void Reloading() => Say("RELOADING=1");

    /// <summary>What is under way is being finished.</summary>
    public void Stopping() => Say("STOPPING=1");

    private void Say(string state)
    {
        if (string.IsNullOrEmpty(address))
            return;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // @ stands for the NUL of Linux's abstract sockets.
            socket.Connect(new UnixDomainSocketEndPoint(address[0] == '@' ? "\0" + address[1..] : address));
            socket.Send(Encoding.UTF8.GetBytes(state));
        }
        catch (SocketException e)
        {
            logger.ServiceManagerFailed(e.Message);
        }
    }
}
