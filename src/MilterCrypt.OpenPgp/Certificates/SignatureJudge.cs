using System.Globalization;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>Says which self-signatures count at a time (RFC 9580 §5.2.3.10). Owned by one judgement.</summary>
internal sealed class SignatureJudge(DateTimeOffset time, AlgorithmPolicy policy)
{
    /// <summary>The newest signature that counts; where none does, why the newest one doesn't.</summary>
    /// <param name="signatures">Claimed self-signatures.</param>
    /// <param name="about">The key that they are about, which must be older than they are.</param>
    /// <param name="refusal">Why there is none.</param>
    public SelfSignature? Newest(IEnumerable<SelfSignature> signatures, PublicKey about, out string? refusal)
    {
        refusal = null;
        foreach (var signature in NewestFirst(signatures))
        {
            string? problem = RefusalOf(signature, about);
            if (problem is null)
            {
                refusal = null;
                return signature;
            }

            refusal ??= problem;
        }

        refusal ??= "no valid self-signature";
        return null;
    }

    /// <summary>Newest first; among equally old ones in the order of their octets, so that it does not depend on the
    /// order in which they came.</summary>
    public static IEnumerable<SelfSignature> NewestFirst(IEnumerable<SelfSignature> signatures) =>
        signatures.OrderByDescending(static signature => signature.CreatedAt)
            .ThenBy(static signature => signature.Signature.Body, OctetOrder.Instance);

    /// <summary>Why a signature does not count, or null where it does. What costs most is asked last.</summary>
    public string? RefusalOf(SelfSignature signature, PublicKey about)
    {
        var packet = signature.Signature;
        if (packet.Problem is not null)
            return $"no valid self-signature: {packet.Problem}";
        if (signature.CreatedAt > time)
            return $"self-signature made in the future ({Day(signature.CreatedAt)})";
        if (packet.Facts.ExpiresAt is { } end && end <= time)
            return $"self-signature expired {Day(end)}";
        if (signature.CreatedAt < about.CreatedAt)
            return "self-signature older than the key";
        if (policy.RefusalOfSelfSignature(packet.HashAlgorithm, signature.CreatedAt) is { } weak)
            return weak;
        return signature.Verify() switch
        {
            SignatureCheck.Good => null,
            SignatureCheck.NotSupported => "this system can't or may not check the self-signature",
            _ => "no valid self-signature",
        };
    }

    /// <summary>A day, as verdicts write it.</summary>
    public static string Day(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
