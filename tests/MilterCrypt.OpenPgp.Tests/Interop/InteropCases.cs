using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>Everything that is tried with every peer, table by table.</summary>
public static class InteropCases
{
    /// <summary>In the order of the document.</summary>
    public static IReadOnlyList<InteropCase> All { get; } =
    [
        .. EachKind("Encrypted by MilterCrypt", EncryptionCases.OursIsReadAsync),
        .. EachKind("Signed by the peer", SignatureCases.TheirsIsVerifiedAsync),
        .. EncryptionCases.Forms,
        .. SignatureCases.FormsByThePeer,
    ];

    private static IEnumerable<InteropCase> EachKind(string table, Func<InteropPair, KeyKind, PeerKey, Task<Outcome>> tryAsync) =>
        Enum.GetValues<KeyKind>().Select(kind => new InteropCase(table, kind.Title(), async pair =>
        {
            if (pair.Peer.WhyNot(kind) is { } reason)
                return new Outcome.Lacks(reason);
            return await pair.KeyAsync(kind) is { } key
                ? await tryAsync(pair, kind, key)
                : new Outcome.Untried("nobody here makes such a key");
        }));
}
