using System.Net.Sockets;

namespace MilterCrypt.Milter.Session;

/// <summary>Has a TCP peer's packets acknowledged at once. MTAs send macros and command, and steps that get no answer,
/// in packets of their own and under Nagle's algorithm: each waits for the acknowledgement of the one before, which
/// the kernel delays by 40 ms. Owned by the session.</summary>
internal sealed class QuickAcknowledgement(Socket socket)
{
    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int QuickAck = 12; // TCP_QUICKACK

    /// <summary>Sends what acknowledgement is due. The kernel goes back to delaying them, so this is to be called
    /// after each read.</summary>
    public void Send()
    {
        try
        {
            int on = 1;
            socket.SetRawSocketOption(TcpLevel, QuickAck, System.Runtime.InteropServices.MemoryMarshal.AsBytes(new Span<int>(ref on)));
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The connection has ended; the next read tells.
            return;
        }
    }
}
