using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>A user ID of a certificate with what the certificate's key says about it, unjudged.</summary>
/// <param name="UserId">The user ID.</param>
/// <param name="SelfSignatures">Claimed certifications by the primary key.</param>
/// <param name="Revocations">Claimed revocations by the primary key.</param>
public sealed record CertificateUserId(
    UserId UserId, IReadOnlyList<SelfSignature> SelfSignatures, IReadOnlyList<SelfSignature> Revocations);
