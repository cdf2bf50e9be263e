namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>What goes wrong at a peer, and why. A case that is not here has to work; one that is here has to fail.</summary>
internal static class KnownFailures
{
    private static readonly (string Peer, string Table, string Row, string Reason)[] All =
    [
        ("gosop 0.0", "Messages by MilterCrypt", "octets that are no text", "reads everything as text"),
        ("gosop 1.1", "Signed by the peer", "v6 Ed448, X448", "its cleartext signatures are over SHA-256, too short for Ed448"),
        ("rsop 0.6", "Signatures by the peer", "cleartext framework, blanks at the ends of lines", "signs the blanks, and then finds no signature good itself"),
    ];

    /// <summary>Why a case fails with a peer; null where it must not.</summary>
    public static string? Reason(string peer, InteropCase @case) => All
        .Where(failure => failure.Peer == peer && failure.Table == @case.Table && failure.Row == @case.Row)
        .Select(failure => failure.Reason).SingleOrDefault();
}
