using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>A primary key, user ID or subkey while its certificate is collected, with the signatures that claim to be
/// about it, each once. Owned by a <see cref="CertificateBuilder"/>.</summary>
/// <param name="issuer">The primary key.</param>
/// <param name="subject">What signatures of this part are over.</param>
/// <param name="length">The octets of the part's own packet.</param>
internal sealed class CertificatePart(PublicKey issuer, SignedSubject subject, int length)
{
    private OrderedDictionary<ReadOnlyMemory<byte>, SelfSignature> signatures = new(OctetOrder.Instance);

    /// <summary>What signatures of this part are over.</summary>
    public SignedSubject Subject => subject;

    /// <summary>The octets of the part's own packet, without signatures.</summary>
    public int Length => length;

    /// <summary>The signatures that claim to be the primary key's.</summary>
    public IReadOnlyCollection<SelfSignature> Signatures => signatures.Values;

    /// <summary>Bodies of revocations by others, one of whom may have been appointed. Views of what is read, since
    /// anybody can append them, and whom the key appointed is known at the end.</summary>
    public List<ReadOnlyMemory<byte>> OthersRevocations { get; } = [];

    /// <summary>Whether a type is one of revocations.</summary>
    public static bool IsRevocation(SignatureType type) =>
        type is SignatureType.KeyRevocation or SignatureType.SubkeyRevocation or SignatureType.CertificationRevocation;

    /// <summary>The signatures of a type.</summary>
    public IEnumerable<SelfSignature> OfType(SignatureType type) =>
        signatures.Values.Where(signature => signature.Signature.Type == type);

    /// <summary>Whether it is there already.</summary>
    public bool Has(Signature signature) => signatures.ContainsKey(signature.Body);

    /// <summary>Adds one that is not there yet.</summary>
    public void Add(Signature signature) => Add(new SelfSignature(signature, issuer, subject));

    /// <summary>Adds one that is not there yet, with what is known of it.</summary>
    public void Add(SelfSignature signature) => signatures.Add(signature.Signature.Body, signature);

    /// <summary>Verifies the revocations or the others, and lets the bad ones go.</summary>
    public void DropBad(bool revocations, ref int checksLeft, Action<SelfSignature> dropped)
    {
        var kept = new OrderedDictionary<ReadOnlyMemory<byte>, SelfSignature>(OctetOrder.Instance);
        foreach (var (name, signature) in signatures)
        {
            if (IsRevocation(signature.Signature.Type) == revocations && IsBad(signature, ref checksLeft))
                dropped(signature);
            else
                kept.Add(name, signature);
        }

        signatures = kept;
    }

    private static bool IsBad(SelfSignature signature, ref int checksLeft)
    {
        if (!signature.IsVerified && checksLeft-- <= 0)
            return false;
        return signature.Verify() == SignatureCheck.Bad;
    }
}
