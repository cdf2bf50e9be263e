using System.Collections.Concurrent;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Messages;

/// <summary>Keys that gpg made, one of each kind for all tests of a class: a test for each peer need not pay for a key.</summary>
public sealed class GnuPgKeyRing
{
    private readonly ConcurrentDictionary<(string Primary, string Subkey), Lazy<Task<PeerKey>>> _keys = new();

    public Task<PeerKey> KeyAsync(string primary, string subkey) => _keys.GetOrAdd(
        (primary, subkey), kind => new Lazy<Task<PeerKey>>(() => GnuPg.MakeKeyAsync(kind.Primary, kind.Subkey))).Value;
}
