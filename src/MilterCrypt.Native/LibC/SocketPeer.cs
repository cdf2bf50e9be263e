using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MilterCrypt.Native.LibC;

/// <summary>The process at the other end of a Unix socket, as the kernel knows it (SO_PEERCRED, unix(7)): as it was when it
/// connected, or began to listen.</summary>
/// <param name="User">The number of its user.</param>
/// <param name="Group">The number of its group.</param>
/// <param name="Process">Its number; 0 where it can't be seen from here.</param>
public sealed record SocketPeer(uint User, uint Group, int Process)
{
    // The Milter library has these lines of its own: it is a package that sees Kestrel alone.
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int PeerCredential = 17; // SO_PEERCRED, where sockets have Linux's usual numbers

    /// <summary>This process itself.</summary>
    public static SocketPeer Ourselves { get; } = new(FileIdentity.CurrentUser, FileIdentity.CurrentGroup, Environment.ProcessId);

    /// <summary>Asks the kernel; null where it doesn't tell, which must not be taken for somebody.</summary>
    public static SocketPeer? Of(Socket socket)
    {
        // struct ucred: pid, uid, gid.
        Span<int> credential = stackalloc int[3];
        try
        {
            int length = socket.GetRawSocketOption(SocketLevel, PeerCredential, MemoryMarshal.AsBytes(credential));
            return length == 3 * sizeof(int) ? new((uint)credential[1], (uint)credential[2], credential[0]) : null;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
