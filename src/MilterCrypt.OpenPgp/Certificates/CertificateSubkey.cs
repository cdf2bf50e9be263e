using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>A subkey of a certificate with what the certificate's primary key says about it, unjudged.</summary>
/// <param name="Key">The subkey.</param>
/// <param name="Bindings">Claimed bindings.</param>
/// <param name="Revocations">Claimed revocations.</param>
public sealed record CertificateSubkey(
    PublicKey Key, IReadOnlyList<SubkeyBinding> Bindings, IReadOnlyList<SelfSignature> Revocations)
{
    /// <summary>Claimed revocations by those whom the certificate's key appointed (RFC 9580 §5.2.3.23), one of each.</summary>
    internal IReadOnlyList<Signature> OthersRevocations { get; init; } = [];
}

/// <summary>A claimed binding of a subkey, and the back signatures embedded in it.</summary>
/// <param name="Signature">The primary key's signature.</param>
/// <param name="BackSignatures">Claimed signatures of the subkey itself (RFC 9580 §5.2.1.9), which keep anybody from
/// passing off another's signing key as his own.</param>
public sealed record SubkeyBinding(SelfSignature Signature, IReadOnlyList<SelfSignature> BackSignatures);
