using System.Collections.Concurrent;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>Keys for peers that don't make a kind themselves: the old kinds by gpg, those of RFC 9580 by OpenPGP.js.</summary>
public sealed class InteropKeys : IAsyncDisposable
{
    private readonly ConcurrentDictionary<KeyKind, Lazy<Task<PeerKey?>>> keys = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<IOpenPgpPeer?>>> makers = new();
    private readonly SemaphoreSlim making = new(1);

    /// <summary>The one key of a kind; null where its maker is missing.</summary>
    public Task<PeerKey?> KeyAsync(KeyKind kind) =>
        keys.GetOrAdd(kind, _ => new Lazy<Task<PeerKey?>>(() => MakeAsync(kind))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<Task<IOpenPgpPeer?>> maker in makers.Values)
        {
            if (await maker.Value is { } peer)
                await peer.DisposeAsync();
        }

        making.Dispose();
    }

    private async Task<PeerKey?> MakeAsync(KeyKind kind)
    {
        string name = KeyKinds.NewerThanRfc4880(kind) is null ? "gpg" : Peer.JavaScript;
        await making.WaitAsync();
        try
        {
            IOpenPgpPeer? maker = await makers.GetOrAdd(name, _ => new Lazy<Task<IOpenPgpPeer?>>(FindAsync)).Value;
            return maker is null ? null : await maker.MakeKeyAsync(kind);
        }
        finally
        {
            making.Release();
        }

        async Task<IOpenPgpPeer?> FindAsync() => await Peer.FindAsync(name) is PeerFinding.Found found ? found.Peer : null;
    }
}
