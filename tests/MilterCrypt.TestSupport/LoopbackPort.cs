using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MilterCrypt.TestSupport;

/// <summary>Finds TCP ports on 127.0.0.1 that nobody listens on, below those that the kernel gives to outgoing connections:
/// one of these could take the port between our look and the server's start. For the same reason a port that was found is
/// this process's as long as it runs; test processes beside it find others.</summary>
public static class LoopbackPort
{
    // A name in the abstract namespace (unix(7)): it is known where the port is, and is gone with the process.
    private static readonly ConcurrentBag<Socket> Claims = [];

    public static int Free()
    {
        while (true)
        {
            int port = Random.Shared.Next(20000, 32000);
            if (Claim(port) && IsFree(port))
                return port;
        }
    }

    public static async Task<bool> AnswersAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool Claim(int port)
    {
        var claim = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            claim.Bind(new UnixDomainSocketEndPoint($"\0miltercrypt-tests-port-{port}"));
            Claims.Add(claim);
            return true;
        }
        catch (SocketException)
        {
            claim.Dispose();
            return false;
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
