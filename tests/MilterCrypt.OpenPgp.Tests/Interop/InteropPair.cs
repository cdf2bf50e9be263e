using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>A peer, and the keys that it and MilterCrypt use with each other: one of each kind, made when it is first wanted.</summary>
public sealed class InteropPair(IOpenPgpPeer peer, InteropKeys lent)
{
    private readonly Dictionary<KeyKind, PeerKey?> keys = [];

    public IOpenPgpPeer Peer => peer;

    /// <summary>The peer's key of a kind: its own make, or one lent to it; null where nobody here makes it.</summary>
    public async Task<PeerKey?> KeyAsync(KeyKind kind)
    {
        if (!keys.TryGetValue(kind, out PeerKey? key))
        {
            key = peer.WhyNot(KeyUse.Make, kind) is null ? await peer.MakeKeyAsync(kind) : await lent.KeyAsync(kind);
            keys.Add(kind, key);
        }

        return key;
    }

    /// <summary>A key whose certificate knows nothing of what came after RFC 4880; null where nobody here makes it.</summary>
    public Task<PeerKey?> OldKeyAsync() => lent.KeyAsync(KeyKind.Cv25519);
}
