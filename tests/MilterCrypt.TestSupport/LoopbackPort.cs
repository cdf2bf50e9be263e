using System.Net;
using System.Net.Sockets;

namespace MilterCrypt.TestSupport;

/// <summary>Finds TCP ports on 127.0.0.1 that nobody listens on, below those that the kernel gives to outgoing connections:
/// one of these could take the port between our look and the server's start.</summary>
public static class LoopbackPort
{
    public static int Free()
    {
        while (true)
        {
            int port = Random.Shared.Next(20000, 32000);
            using var socket = new TcpListener(IPAddress.Loopback, port);
            try
            {
                socket.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: try another.
            }
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
}
