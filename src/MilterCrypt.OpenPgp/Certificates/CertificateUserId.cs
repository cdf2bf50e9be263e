using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>A user ID of a certificate with what the certificate's key says about it, unjudged.</summary>
/// <param name="UserId">The user ID.</param>
/// <param name="SelfSignatures">Claimed certifications by the primary key.</param>
/// <param name="Revocations">Claimed revocations by the primary key.</param>
public sealed record CertificateUserId(
    UserId UserId, IReadOnlyList<SelfSignature> SelfSignatures, IReadOnlyList<SelfSignature> Revocations)
{
    /// <summary>Certifications by another's key that were made here. Such are dropped on reading, since anybody can append
    /// them; these are written once, for their owner.</summary>
    internal IReadOnlyList<Signature> Certifications { get; init; } = [];
}
