using MilterCrypt.Configuration;
using MilterCrypt.Milter;

namespace MilterCrypt.Daemon;

/// <summary>Says whether secret keys are used for what a milter peer tells: it hangs on where it has connected, and who the kernel
/// says it is; never on what it says itself.</summary>
/// <param name="listen">What is listened on.</param>
internal sealed class PeerTrust(IEnumerable<ListenSettings> listen)
{
    // Two systemd sockets of one name are one entry.
    private readonly Dictionary<string, TrustedPeers> byListener =
        listen.DistinctBy(static one => one.Address.ToString()).ToDictionary(static one => one.Address.ToString(), static one => one.TrustedPeers);

    /// <summary>Whether it is believed.</summary>
    public bool Includes(SmtpSession session) =>
        byListener.TryGetValue(session.Listener.Name, out var trusted) && trusted.Trust(session.Peer);
}
