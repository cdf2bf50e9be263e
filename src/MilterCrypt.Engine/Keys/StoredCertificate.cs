using System.Collections.Frozen;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Keys;

/// <summary>A certificate as a key store holds it.</summary>
/// <param name="Fingerprint">Its primary key's fingerprint.</param>
/// <param name="Certificate">Its packets, binary, without what nobody needs to encrypt to it.</param>
/// <param name="Addresses">The addresses that its user IDs name, each as <see cref="KeyAddress"/> writes it.</param>
/// <param name="Source">Where it came from, for people: a file's name, for instance.</param>
/// <param name="Added">When it was first stored; to the second.</param>
/// <param name="Updated">When its packets last changed; to the second.</param>
public sealed record StoredCertificate(
    Fingerprint Fingerprint,
    ReadOnlyMemory<byte> Certificate,
    IReadOnlyList<string> Addresses,
    string Source,
    DateTimeOffset Added,
    DateTimeOffset Updated)
{
    /// <summary>Its place in the order in which the store got its certificates: the first to come has the lowest. The
    /// store's to give; what comes in has none.</summary>
    public long Arrival { get; init; }

    /// <summary>The addresses that an administrator let it take over from another certificate, mostly none: of two that
    /// took over the same address, the one with the higher number did so later.</summary>
    public IReadOnlyDictionary<string, int> TakenOver { get; init; } = FrozenDictionary<string, int>.Empty;

    /// <summary>The addresses of which an administrator has said that it is their owner's. A user ID that comes later is not among them:
    /// who has the key can write any.</summary>
    public IReadOnlySet<string> Verified { get; init; } = FrozenSet<string>.Empty;

    /// <summary>How sure it is that it is an address's owner's.</summary>
    public KeyTrust TrustFor(string address) => Verified.Contains(address) ? KeyTrust.Verified : KeyTrust.Imported;
}
