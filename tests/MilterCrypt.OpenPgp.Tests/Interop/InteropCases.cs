using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>Everything that is tried with every peer, table by table.</summary>
public static class InteropCases
{
    /// <summary>In the order of the document.</summary>
    public static IReadOnlyList<InteropCase> All { get; } =
    [
        .. EachKind("Encrypted by MilterCrypt", [KeyUse.Decrypt], EncryptionCases.OursIsReadAsync),
        .. EachKind("Encrypted by the peer", [KeyUse.Encrypt], DecryptionCases.TheirsIsReadAsync),
        .. EachKind("Signed by MilterCrypt", [KeyUse.Verify], SignatureCases.OursIsVerifiedAsync),
        .. EachKind("Signed by the peer", [KeyUse.Sign], SignatureCases.TheirsIsVerifiedAsync),
        .. EachKind("Signed and encrypted by MilterCrypt", [KeyUse.Decrypt, KeyUse.Verify], EncryptionCases.OursSignedIsReadAsync),
        .. EachKind("Signed and encrypted by the peer", [KeyUse.Sign, KeyUse.Encrypt], DecryptionCases.TheirsSignedIsReadAsync),
        .. EncryptionCases.Forms,
        .. DecryptionCases.Forms,
        .. SignatureCases.FormsByMilterCrypt,
        .. SignatureCases.FormsByThePeer,
    ];

    private static IEnumerable<InteropCase> EachKind(
        string table, KeyUse[] uses, Func<InteropPair, KeyKind, PeerKey, Task<Outcome>> tryAsync) =>
        Enum.GetValues<KeyKind>().Select(kind => new InteropCase(table, kind.Title(), async pair =>
        {
            if (uses.Select(use => pair.Peer.WhyNot(use, kind)).FirstOrDefault(reason => reason is not null) is { } reason)
                return new Outcome.Lacks(reason);
            return await pair.KeyAsync(kind) is { } key
                ? await tryAsync(pair, kind, key)
                : Verdict.Untried;
        }));
}
