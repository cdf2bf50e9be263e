using MilterCrypt.Milter.Listening;
using MilterCrypt.Native.LibC;

namespace MilterCrypt.MailServers.Sendmail;

/// <summary>Sendmail takes no socket that somebody else could have put there: it looks at each folder above it.</summary>
internal static class SocketSafety
{
    /// <summary>A finding for the first folder that Sendmail calls unsafe, and for a user that can't get at the socket.</summary>
    public static IEnumerable<Finding> Of(SendmailConfiguration configuration, SendmailFilter filter, bool isOurs)
    {
        string place = $"{configuration.File}: X{Words.Value(filter.Name)}: S={Words.Value(filter.Address)}";
        if (filter.Endpoint is null)
        {
            // A port may have a name, as in services(5).
            yield return filter.Address.StartsWith("inet", StringComparison.OrdinalIgnoreCase) && filter.Address.Contains('@', StringComparison.Ordinal)
                ? Finding.Note($"{place}: whether this is our address can't be said; a port number would tell")
                : Finding.Error($"{place}: that is no address for Sendmail; write local:/path or inet:port@host");
            yield break;
        }
        if (!isOurs || filter.Endpoint is not MilterEndpoint.Unix socket)
            yield break;

        string blame = configuration.Options.GetValueOrDefault("DontBlameSendmail", "");
        bool Blames(string word) => !blame.Contains(word, StringComparison.OrdinalIgnoreCase);
        var unsafeModes = UnixFileMode.OtherWrite | (Blames("GroupWritableDirPathSafe") ? UnixFileMode.GroupWrite : UnixFileMode.None);
        foreach (string folder in SocketReach.Folders("/", socket.Path))
        {
            if (FileRights.Of(folder) is not { } rights)
                break;
            if ((rights.Mode & unsafeModes) == 0 || rights.Mode.HasFlag(UnixFileMode.StickyBit) && !Blames("TrustStickyBit"))
                continue;
            string who = rights.Mode.HasFlag(UnixFileMode.OtherWrite) ? "everybody" : "its group";
            yield return Finding.Error($"{place}: {who} may write to {folder}, so Sendmail calls the socket unsafe and won't use it; take it elsewhere, or: chmod go-w {folder}");
            yield break;
        }
        if (configuration.Options.TryGetValue("RunAsUser", out string? runAs) && SystemUser.Find(runAs.Split(':', '.')[0]) is { } user
            && SocketReach.Obstacle(user, "/", socket) is { } obstacle)
            yield return Finding.Error($"{place}: {obstacle}");
    }
}
