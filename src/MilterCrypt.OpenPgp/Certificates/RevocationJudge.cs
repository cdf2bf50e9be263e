using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>Says whether something is revoked at a time (RFC 9580 §5.2.3.31). Where there is doubt it is: neither a
/// weak hash, nor an end of the revocation itself, nor a subpacket that is unknown here brings a key back. Owned by one
/// judgement.</summary>
internal sealed class RevocationJudge(DateTimeOffset time)
{
    /// <summary>Why a key is revoked, or null. A hard revocation (no reason, an unknown one, or "compromised") holds
    /// for all times, even before it was made, since whoever has the secret can date signatures as he likes. A soft
    /// one holds from its day on, and a later binding does not lift it.</summary>
    /// <param name="revocations">Claimed revocations by the certificate's key.</param>
    /// <param name="others">Those that name somebody whom the key appointed. His key is not at hand to verify them, and a
    /// genuine one must not be overlooked.</param>
    public string? RefusalOfKey(IEnumerable<SelfSignature> revocations, IReadOnlyList<Signature> others)
    {
        foreach (var revocation in SignatureJudge.NewestFirst(revocations))
        {
            bool isSoft = revocation.Signature.Facts.RevocationReason is RevocationReason.Superseded or RevocationReason.Retired;
            if ((!isSoft || revocation.CreatedAt <= time) && IsBelieved(revocation))
                return Describe(revocation);
        }

        return others.Count > 0 ? "revoked by a designated revoker (not checkable here)" : null;
    }

    /// <summary>Why a user ID's or direct-key signature is revoked, or null. A later one counts again: people return to
    /// an address.</summary>
    public string? RefusalOfSelfSignature(IEnumerable<SelfSignature> revocations, SelfSignature selfSignature)
    {
        foreach (var revocation in SignatureJudge.NewestFirst(revocations))
        {
            bool applies = revocation.CreatedAt <= time && revocation.CreatedAt >= selfSignature.CreatedAt;
            if (applies && IsBelieved(revocation))
                return Describe(revocation);
        }

        return null;
    }

    // Where the system's crypto policy forbids SHA-1, an old revocation can't be checked any more: the key is not used.
    // Other hashes that a system may lack are not in honest revocations, and a stranger must not revoke with them.
    private static bool IsBelieved(SelfSignature revocation) => revocation.Verify() switch
    {
        SignatureCheck.Good => true,
        SignatureCheck.NotSupported => revocation.Signature.HashAlgorithm == HashAlgorithm.Sha1,
        _ => false,
    };

    private static string Describe(SelfSignature revocation)
    {
        string why = revocation.Signature.Facts.RevocationReason switch
        {
            RevocationReason.Superseded => ": another key took its place",
            RevocationReason.Compromised => ": key was compromised",
            RevocationReason.Retired => ": key is not used any more",
            RevocationReason.UserIdInvalid => ": user ID is not valid any more",
            _ => "",
        };
        return $"revoked {SignatureJudge.Day(revocation.CreatedAt)}{why}";
    }
}
