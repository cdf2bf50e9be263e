using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>A signature in a certificate that claims to be made by one of the certificate's own keys. Verified at
/// most once, at the first question, since that costs a hundred times what reading did. Owned by its certificate.</summary>
public sealed class SelfSignature
{
    private const int NotYetVerified = -1;

    private readonly PublicKey issuer;
    private readonly SignedSubject subject;

    // Two threads that ask at once both verify and come to the same answer.
    private int check = NotYetVerified;

    internal SelfSignature(Signature signature, PublicKey issuer, SignedSubject subject)
    {
        Signature = signature;
        this.issuer = issuer;
        this.subject = subject;
    }

    /// <summary>The signature.</summary>
    public Signature Signature { get; }

    /// <summary>When it says it was made; the beginning of time where it says nothing.</summary>
    internal DateTimeOffset CreatedAt => Signature.Facts.CreatedAt ?? DateTimeOffset.UnixEpoch;

    /// <summary>The key that must have made it.</summary>
    internal PublicKey Issuer => issuer;

    /// <summary>What it is over.</summary>
    internal SignedSubject Subject => subject;

    /// <summary>Whether the answer is known, so that asking costs nothing.</summary>
    internal bool IsVerified => Volatile.Read(ref check) != NotYetVerified;

    /// <summary>Whether the key really made it.</summary>
    internal SignatureCheck Verify()
    {
        int known = Volatile.Read(ref check);
        if (known != NotYetVerified)
            return (SignatureCheck)known;

        var result = VerifyAnew(issuer);
        Volatile.Write(ref check, (int)result);
        return result;
    }

    /// <summary>Whether a key really made it, whatever is known already.</summary>
    internal SignatureCheck VerifyAnew(PublicKey by) => SignatureVerifier.Verify(Signature, by, subject);
}
