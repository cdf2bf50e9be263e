using System.Net.Sockets;

namespace MilterCrypt.Milter.Listening;

/// <summary>Opens a Unix socket so that nobody can connect before its permissions are right, and takes the place of
/// a socket only where nobody listens any more.</summary>
internal static class UnixSocketFile
{
    public static Socket Listen(string path, MilterSocketOptions options)
    {
        uint? group = options.Group is { } name ? LibC.GroupId(name) : null;
        if (options.Group is not null && group is null)
            throw new MilterListenException($"Can't listen on unix:{path}: there is no group '{options.Group}'.", null);

        RemoveStale(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // Until listen(2) every connect(2) is refused, so there is no moment at which the wrong people get in.
            socket.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, options.Mode);
            if (group is { } id && LibC.ChangeGroup(path, id) is { } error)
                throw new MilterListenException($"Can't give unix:{path} to the group '{options.Group}': {error}.", null);
            socket.Listen(options.Backlog);
            return socket;
        }
        catch (Exception failure) when (failure is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw failure as MilterListenException
                ?? new MilterListenException($"Can't listen on unix:{path}: {failure.Message.TrimEnd('.')}.", failure);
        }
    }

    private static void RemoveStale(string path)
    {
        switch (LibC.FileKindOf(path))
        {
            case FileKind.Missing:
                return;
            case FileKind.Other:
                throw new MilterListenException($"Can't listen on unix:{path}: there is a file that is not a socket.", null);
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }

        throw new MilterListenException($"Can't listen on unix:{path}: another process listens there.", null);
    }
}
