using System.Net.Sockets;
using MilterCrypt.Native.LibC;

namespace MilterCrypt.Engine.Custody;

/// <summary>Whose word counts for a socket's path: who can make sockets in the folder can stand in for whoever listens there, so that
/// must be the folder's owner, or root.</summary>
internal static class FolderOwner
{
    /// <summary>Holds that one of them listens at the other end.</summary>
    /// <param name="socket">Connected.</param>
    /// <param name="path">Where to.</param>
    /// <param name="expected">Who ought to be there, in an administrator's words.</param>
    /// <exception cref="SecretKeyException">Somebody else does, or nobody knows who.</exception>
    public static void Check(Socket socket, string path, string expected)
    {
        if (SocketPeer.Of(socket) is not { } peer || !MayMake(path, peer.User))
            throw new SecretKeyException($"who listens at {path} is neither root nor the owner of that folder: it is not taken for {expected}");
    }

    /// <summary>Whether a user's files at a path are to be believed.</summary>
    public static bool MayMake(string path, uint user) => user == 0 || user == FileIdentity.Of(Path.GetDirectoryName(path)!)?.Owner;
}
