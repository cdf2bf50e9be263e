using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>Joins collected parts into a certificate: each signature in the place of its type.</summary>
internal static class CertificateAssembly
{
    /// <summary>Joins the parts.</summary>
    public static Certificate Assemble(
        PublicKey primary,
        CertificatePart key,
        IReadOnlyCollection<(UserId UserId, CertificatePart Part)> userIds,
        IReadOnlyCollection<(PublicKey Key, CertificatePart Part)> subkeys,
        int dropped)
    {
        var revokers = new AppointedRevokers(key.Signatures.Concat(userIds.SelectMany(static userId => userId.Part.Signatures)));
        var othersRevocations = revokers.Select(key.OthersRevocations);
        var subkeyList = subkeys.Select(subkey => Assemble(subkey.Key, subkey.Part, revokers)).ToList();
        return new Certificate(primary)
        {
            Revocations = [.. key.OfType(SignatureType.KeyRevocation)],
            DirectSignatures = [.. key.OfType(SignatureType.DirectKey)],
            DirectRevocations = [.. key.OfType(SignatureType.CertificationRevocation)],
            OthersRevocations = othersRevocations,
            UserIds = [.. userIds.Select(static userId => Assemble(userId.UserId, userId.Part))],
            Subkeys = subkeyList,
            DroppedPackets = dropped - othersRevocations.Count - subkeyList.Sum(static subkey => subkey.OthersRevocations.Count),
        };
    }

    private static CertificateUserId Assemble(UserId userId, CertificatePart part) => new(
        userId,
        [.. part.Signatures.Where(static signature => !CertificatePart.IsRevocation(signature.Signature.Type))],
        [.. part.OfType(SignatureType.CertificationRevocation)]);

    private static CertificateSubkey Assemble(PublicKey subkey, CertificatePart part, AppointedRevokers revokers)
    {
        var bindings = part.OfType(SignatureType.SubkeyBinding)
            .Select(signature => new SubkeyBinding(signature, BackSignatures(signature.Signature, subkey, part.Subject)));
        return new CertificateSubkey(subkey, [.. bindings], [.. part.OfType(SignatureType.SubkeyRevocation)])
        {
            OthersRevocations = revokers.Select(part.OthersRevocations),
        };
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
}
