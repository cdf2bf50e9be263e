using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>Whom signatures name as their makers: where to look for certificates. Anybody can write any name here.</summary>
/// <param name="KeyIds">By their short names.</param>
/// <param name="Fingerprints">By their fingerprints; subkeys sign as well as primary keys.</param>
public sealed record SignatureIssuers(IReadOnlyList<KeyId> KeyIds, IReadOnlyList<Fingerprint> Fingerprints)
{
    /// <summary>Nobody.</summary>
    public static SignatureIssuers None { get; } = new([], []);

    /// <summary>Whether a key is named, by its fingerprint or its key ID.</summary>
    public bool Name(Fingerprint key) => Fingerprints.Contains(key) || KeyIds.Contains(key.KeyId);

    /// <summary>Those of several signatures.</summary>
    internal static SignatureIssuers Of(IEnumerable<Signature> signatures)
    {
        var hints = signatures.Select(static signature => signature.Hints).ToList();
        return new SignatureIssuers(
            [.. hints.SelectMany(static hint => hint.KeyIds).Distinct()],
            [.. hints.SelectMany(static hint => hint.Fingerprints).Distinct()]);
    }
}
