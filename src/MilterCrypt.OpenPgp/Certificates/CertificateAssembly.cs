using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>Joins collected parts into a certificate: each signature with the key that must have made it and what it
/// must be over.</summary>
internal static class CertificateAssembly
{
    /// <summary>Joins the parts.</summary>
    public static Certificate Assemble(
        PublicKey primary,
        IEnumerable<Signature> revocations,
        IEnumerable<Signature> directSignatures,
        IEnumerable<(UserId UserId, List<Signature> Signatures)> userIds,
        IEnumerable<(PublicKey Key, List<Signature> Signatures)> subkeys,
        int dropped)
    {
        var subject = new SignedSubject.Key(primary);
        return new Certificate(primary)
        {
            Revocations = Own(revocations, primary, subject),
            DirectSignatures = Own(directSignatures, primary, subject),
            UserIds = [.. userIds.Select(part => AssembleUserId(primary, part.UserId, part.Signatures))],
            Subkeys = [.. subkeys.Select(part => AssembleSubkey(primary, part.Key, part.Signatures))],
            DroppedPackets = dropped,
        };
    }

    private static CertificateUserId AssembleUserId(PublicKey primary, UserId userId, List<Signature> signatures)
    {
        var subject = new SignedSubject.Identity(primary, userId);
        return new CertificateUserId(
            userId,
            Own(signatures.Where(static signature => signature.Type != SignatureType.CertificationRevocation), primary, subject),
            Own(signatures.Where(static signature => signature.Type == SignatureType.CertificationRevocation), primary, subject));
    }

    private static CertificateSubkey AssembleSubkey(PublicKey primary, PublicKey subkey, List<Signature> signatures)
    {
        var subject = new SignedSubject.Pair(primary, subkey);
        var bindings = signatures
            .Where(static signature => signature.Type == SignatureType.SubkeyBinding)
            .Select(signature => new SubkeyBinding(new SelfSignature(signature, primary, subject), BackSignatures(signature, subkey, subject)));
        return new CertificateSubkey(
            subkey,
            [.. bindings],
            Own(signatures.Where(static signature => signature.Type == SignatureType.SubkeyRevocation), primary, subject));
    }

    private static List<SelfSignature> BackSignatures(Signature binding, PublicKey subkey, SignedSubject subject)
    {
        var found = new List<SelfSignature>();
        foreach (var body in binding.Hints.Embedded)
        {
            if (Signature.TryRead(body.Span, out var signature, out _) && signature.Type == SignatureType.PrimaryKeyBinding)
                found.Add(new SelfSignature(signature, subkey, subject));
        }

        return found;
    }

    private static List<SelfSignature> Own(IEnumerable<Signature> signatures, PublicKey issuer, SignedSubject subject) =>
        [.. signatures.Select(signature => new SelfSignature(signature, issuer, subject))];
}
