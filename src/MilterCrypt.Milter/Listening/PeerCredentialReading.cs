using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MilterCrypt.Milter.Listening;

/// <summary>Asks the kernel who is at the other end of a Unix socket.</summary>
internal static class PeerCredentialReading
{
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int PeerCredential = 17; // SO_PEERCRED, where sockets have Linux's usual numbers

    /// <summary>The peer's credentials; null where the system doesn't tell, which must not be taken for somebody's.</summary>
    public static PeerCredentials? OfPeer(this Socket socket)
    {
        // struct ucred of unix(7): pid, uid, gid.
        Span<int> credential = stackalloc int[3];
        try
        {
            int length = socket.GetRawSocketOption(SocketLevel, PeerCredential, MemoryMarshal.AsBytes(credential));
            return length == 3 * sizeof(int) ? new((uint)credential[1], (uint)credential[2], credential[0]) : null;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The connection is gone already, and nothing will be asked on its behalf.
            return null;
        }
    }
}
