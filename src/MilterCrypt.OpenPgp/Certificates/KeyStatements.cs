using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>What a certificate says about its primary key, out of the signatures that count: for each property the
/// first that states it.</summary>
/// <param name="signatures">In the order in which they are asked.</param>
internal sealed class KeyStatements(IReadOnlyList<SelfSignature> signatures)
{
    private const byte SeipdV1Feature = 0x01;
    private const byte SeipdV2Feature = 0x08;

    /// <summary>Whether nothing is said.</summary>
    public bool IsEmpty => signatures.Count == 0;

    /// <summary>The signatures themselves.</summary>
    public IReadOnlyList<Signature> Signatures => [.. signatures.Select(static signature => signature.Signature)];

    /// <summary>What the key may be used for.</summary>
    public KeyUsage? Usage => First(static facts => facts.KeyUsage);

    /// <summary>How many seconds the key lives. Here the newest that says so counts: software that extends a key's
    /// life does not always renew both signatures.</summary>
    public uint? KeyExpiresAfter => signatures
        .Where(static signature => signature.Signature.Facts.KeyExpiresAfter is not null)
        .OrderByDescending(static signature => signature.CreatedAt)
        .FirstOrDefault()?.Signature.Facts.KeyExpiresAfter;

    /// <summary>What the owner's software can read.</summary>
    public RecipientCapabilities Capabilities => new(
        ((Features ?? 0) & SeipdV2Feature) != 0, FirstList(static facts => facts.Ciphers), FirstList(static facts => facts.AeadCiphersuites))
    {
        SupportsSeipdV1 = Features is { } features ? (features & SeipdV1Feature) != 0 : null,
        Hashes = FirstList(static facts => facts.Hashes),
    };

    private byte? Features => First(static facts => facts.Features);

    private IReadOnlyList<T> FirstList<T>(Func<SignatureFacts, IReadOnlyList<T>?> property) =>
        signatures.Select(signature => property(signature.Signature.Facts)).FirstOrDefault(static list => list is not null) ?? [];

    private T? First<T>(Func<SignatureFacts, T?> property)
        where T : struct =>
        signatures.Select(signature => property(signature.Signature.Facts)).FirstOrDefault(static value => value is not null);
}
