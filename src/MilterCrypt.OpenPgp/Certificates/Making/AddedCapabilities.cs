using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates.Making;

/// <summary>What a certificate may say that its owner's software reads, once this library is that software: what it said before
/// stays, but for hash functions that are weak.</summary>
internal static class AddedCapabilities
{
    /// <summary>What a signature is to say; null where it lacks nothing.</summary>
    /// <param name="signature">What says something of the primary key.</param>
    /// <param name="version">The key's version.</param>
    /// <param name="policy">Which hash functions are weak.</param>
    public static IEnumerable<Subpacket>? To(Signature signature, int version, AlgorithmPolicy policy)
    {
        Subpacket[] own = [.. OwnStatements.Preferences(version).Where(static subpacket => IsJoined(subpacket.Type))];
        var old = signature.SignedSubpackets.ToList();
        Subpacket[] joined = [.. own.Select(subpacket => subpacket with { Content = Join(subpacket, old.FindLast(said => said.Type == subpacket.Type), policy) })];
        bool isLacking = joined.Any(subpacket => !Contains(old.FindLast(said => said.Type == subpacket.Type), subpacket));
        return isLacking ? old.Where(static subpacket => !IsJoined(subpacket.Type)).Concat(joined) : null;
    }

    private static bool IsJoined(SubpacketType type) =>
        type is SubpacketType.Features or SubpacketType.PreferredSymmetricCiphers or SubpacketType.PreferredHashAlgorithms;

    // Features are bits; preferences are lists, ours first.
    private static ReadOnlyMemory<byte> Join(Subpacket own, Subpacket said, AlgorithmPolicy policy)
    {
        byte[] old = said.Content.ToArray();
        if (own.Type == SubpacketType.Features)
            return old.Length == 0 ? own.Content : (byte[])[(byte)(old[0] | own.Content.Span[0]), .. old[1..]];
        var kept = own.Type == SubpacketType.PreferredHashAlgorithms
            ? old.Where(number => !policy.IsWeak((HashAlgorithm)number))
            : old;
        return own.Content.ToArray().Union(kept).ToArray();
    }

    // The order is its owner's to choose; nothing may be missing, and nothing weak be there.
    private static bool Contains(Subpacket said, Subpacket joined) => joined.Type == SubpacketType.Features
        ? said.Content.Span.SequenceEqual(joined.Content.Span)
        : said.Content.ToArray().ToHashSet().SetEquals(joined.Content.ToArray());
}
