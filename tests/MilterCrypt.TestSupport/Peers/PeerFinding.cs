namespace MilterCrypt.TestSupport.Peers;

/// <summary>A peer, or why there is none.</summary>
public abstract record PeerFinding
{
    private PeerFinding() { }

    /// <summary>It is here; who asked disposes it.</summary>
    public sealed record Found(IOpenPgpPeer Peer) : PeerFinding;

    /// <summary>It isn't.</summary>
    public sealed record Missing(string Reason) : PeerFinding;
}
