namespace MilterCrypt.OpenPgp.Tests.Hostile.Differential;

/// <summary>Where MilterCrypt takes what two others refuse, and is right: by what the names of the kind and of the change begin
/// with, each with its reason.</summary>
internal static class KnownDifferences
{
    private const string AnyFormat = "what a literal packet calls its format changes nothing here: text is given octet by octet";

    private const string TwoCopies = "a primary key twice is two copies of one certificate, which are merged; gpg and sq want one";

    private static readonly (string Kind, string What, string Reason)[] All =
    [
        ("", "a marker", "a marker packet is ignored wherever it stands (RFC 9580 §5.8)"),
        ("", "a bit of 11 at 0", AnyFormat),
        ("", "an octet of 11 at 0", AnyFormat),
        ("certificate", "a packet twice, 6 6 ", TwoCopies),
        ("certificate", "a packet twice, 6 13 6 ", TwoCopies),
        ("certificate", "a packet twice, 6 13 2 6 ", TwoCopies),
    ];

    public static bool IsKnown(string kind, string what) => All.Any(known =>
        kind.StartsWith(known.Kind, StringComparison.Ordinal) && what.StartsWith(known.What, StringComparison.Ordinal));
}
