namespace MilterCrypt.Configuration;

/// <summary>Reads <c>secret-keys:</c>.</summary>
internal static class SecretKeysReader
{
    /// <summary>What it says; of use only where nothing was noted.</summary>
    public static SecretKeySettings Read(SettingCursor setting)
    {
        var map = setting.Map();
        var settings = new SecretKeySettings();
        if (map.TryGetValue("held-by", out var heldBy))
        {
            settings = settings with
            {
                HeldBy = heldBy.Word(
                    ("keyholder", KeyCustody.KeyHolder), ("daemon", KeyCustody.Daemon), ("gpg-agent", KeyCustody.GpgAgent)) ?? settings.HeldBy,
            };
        }
        if (map.TryGetValue("socket", out var socket))
            settings = settings with { Socket = socket.AbsolutePath() ?? settings.Socket };
        else if (settings.HeldBy == KeyCustody.GpgAgent)
            setting.Complain("it has no socket; `gpgconf --list-dirs agent-socket` says where gpg-agent listens");
        if (map.TryGetValue("directory", out var directory))
            settings = settings with { Directory = directory.AbsolutePath() ?? settings.Directory };
        if (map.TryGetValue("passphrase", out var passphrase))
            settings = settings with { Passphrase = SecretSource.Read(passphrase, "passphrase") };
        if (map.TryGetValue("peers", out var peers))
            settings = settings with { Peers = peers.Users() };

        if (settings.HeldBy == KeyCustody.GpgAgent)
            (directory ?? passphrase)?.Complain("it is gpg-agent that has the keys, and asks for their passphrases");
        if (settings.HeldBy != KeyCustody.KeyHolder)
            peers?.Complain("it is the key holder that has peers: `held-by: keyholder`");
        if (settings.HeldBy == KeyCustody.Daemon)
            socket?.Complain("the daemon has the keys itself, without a socket");
        return settings;
    }
}
