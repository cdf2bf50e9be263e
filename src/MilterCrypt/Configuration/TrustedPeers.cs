using MilterCrypt.Milter;

namespace MilterCrypt.Configuration;

/// <summary>Whose word is believed so far that secret keys are used upon it. A milter's peer says who the sender is, and
/// whoever can connect can say anything; who connected to a Unix socket the kernel says.</summary>
/// <param name="Users">The users of a Unix socket's peers.</param>
internal sealed record TrustedPeers(IReadOnlyList<uint> Users)
{
    /// <summary>No key is used.</summary>
    public static TrustedPeers Nobody { get; } = new([]);

    /// <summary>Whoever reaches a TCP port, because an administrator said so.</summary>
    public static TrustedPeers AnyoneOverTcp { get; } = new([]) { TrustsTcp = true };

    /// <summary>Whether nobody is trusted.</summary>
    public bool AreNobody => Users.Count == 0 && !TrustsTcp;

    private bool TrustsTcp { get; init; }

    /// <summary>Whether this peer is one of them.</summary>
    /// <param name="peer">Who it is; null over TCP.</param>
    public bool Trust(PeerCredentials? peer) => peer is null ? TrustsTcp : Users.Contains(peer.UserId);

    /// <inheritdoc/>
    public bool Equals(TrustedPeers? other) => other is not null && TrustsTcp == other.TrustsTcp && Users.SequenceEqual(other.Users);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Users.Count, TrustsTcp);
}
