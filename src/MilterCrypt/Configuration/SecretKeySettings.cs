namespace MilterCrypt.Configuration;

/// <summary>Who has the secret keys, and where.</summary>
internal sealed record SecretKeySettings
{
    /// <summary><c>secret-keys.held-by</c></summary>
    public KeyCustody HeldBy { get; init; } = KeyCustody.KeyHolder;

    /// <summary><c>secret-keys.socket</c></summary>
    public string Socket { get; init; } = "/run/miltercrypt-keyholder/socket";

    /// <summary><c>secret-keys.directory</c></summary>
    public string Directory { get; init; } = "/var/lib/miltercrypt-keyholder";

    /// <summary><c>secret-keys.passphrase</c>; null where no key has one.</summary>
    public SecretSource? Passphrase { get; init; }

    /// <summary><c>secret-keys.peers</c>; null for the user miltercrypt, who need not exist where nobody holds keys.</summary>
    public IReadOnlyList<uint>? Peers { get; init; }
}

/// <summary>Who has the secret keys.</summary>
internal enum KeyCustody
{
    /// <summary><c>miltercrypt keyholder</c>, a process of its own.</summary>
    KeyHolder,

    /// <summary>The daemon itself.</summary>
    Daemon,

    /// <summary>GnuPG's agent.</summary>
    GpgAgent,
}
