using System.Diagnostics.CodeAnalysis;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages.Signing;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>Verifies signatures that stand beside their data (RFC 9580 §10.4): <see cref="TryCreate"/> from the signatures,
/// <see cref="Write"/> the data as it comes, then <see cref="Judge"/>. Memory does not grow with the data. Owned by its maker,
/// one thread at a time.</summary>
public sealed class DetachedVerifier : IDisposable
{
    private readonly InlineSignatures signatures = new();

    private DetachedVerifier()
    {
    }

    /// <summary>Whom the signatures name: whose certificates will be needed.</summary>
    public SignatureIssuers Issuers => signatures.Issuers;

    /// <summary>Reads the signatures, up to sixteen.</summary>
    /// <param name="block">Armored or binary; copied.</param>
    /// <param name="verifier">Who verifies.</param>
    /// <param name="reason">Why this is no block of signatures, in an administrator's words.</param>
    public static bool TryCreate(
        ReadOnlyMemory<byte> block, [NotNullWhen(true)] out DetachedVerifier? verifier, [NotNullWhen(false)] out string? reason)
    {
        var created = new DetachedVerifier();
        reason = SignaturePackets.Read(block, created.signatures);
        verifier = reason is null ? created : null;
        if (verifier is null)
            created.Dispose();
        return verifier is not null;
    }

    /// <summary>Adds data.</summary>
    public void Write(ReadOnlySpan<byte> data) => signatures.Write(data);

    /// <summary>The verdicts, one for each signature, once all data was there.</summary>
    /// <param name="candidates">The certificates at hand; those that no signature names do no harm.</param>
    /// <param name="now">The time.</param>
    /// <param name="policy">Which algorithms are good enough.</param>
    public IReadOnlyList<SignatureVerdict> Judge(IReadOnlyList<Certificate> candidates, DateTimeOffset now, AlgorithmPolicy policy) =>
        signatures.Judge(candidates, now, policy);

    /// <inheritdoc/>
    public void Dispose() => signatures.Dispose();
}
