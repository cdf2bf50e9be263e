using MilterCrypt.Milter.Listening;
using MilterCrypt.Native.LibC;

namespace MilterCrypt.MailServers;

/// <summary>Whether a mail server's user can get at a Unix socket, as far as owners and modes tell.</summary>
internal static class SocketReach
{
    /// <summary>What is in the user's way, with what would help; null where nothing is, or where nobody can say.</summary>
    /// <param name="user">The user as whom the mail server connects.</param>
    /// <param name="root">The folder from which it begins to look: its own, or / .</param>
    /// <param name="socket">The socket, below that folder.</param>
    public static string? Obstacle(SystemUser user, string root, MilterEndpoint.Unix socket)
    {
        foreach (string folder in Folders(root, socket.Path))
        {
            if (FileRights.Of(folder) is not { HasAccessList: false } rights)
                return null;
            if (!rights.LetsSearch(user))
                return $"{user.Name} may not enter {folder} ({Describe(rights)}); put {user.Name} into its group, or let others search it";
        }
        return FileRights.Of(socket.Path) is { HasAccessList: false } file && !file.LetsWrite(user)
            ? $"{user.Name} may not write to {socket.Path} ({Describe(file)}); give `listen` a `group` that {user.Name} is in, and `mode: 660`"
            : null;
    }

    /// <summary>The folders on the way to a file, the outermost first.</summary>
    public static IEnumerable<string> Folders(string root, string file)
    {
        var folders = new Stack<string>();
        for (string? folder = Path.GetDirectoryName(file); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            folders.Push(folder);
            if (folder == root)
                break;
        }
        return folders;
    }

    private static string Describe(FileRights rights) =>
        $"{FileIdentity.UserName(rights.Owner)}, mode {Convert.ToString((int)rights.Mode, 8)}";
}
