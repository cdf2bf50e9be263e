using System.Formats.Asn1;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>What became of checking a signature.</summary>
public enum SignatureCheck
{
    /// <summary>The key made this signature over this content.</summary>
    Good,

    /// <summary>It did not.</summary>
    Bad,

    /// <summary>This system won't check it: the hash or curve is missing, or forbidden by its crypto policy.</summary>
    NotSupported,
}

/// <summary>Checks signatures with imported public keys. What a stranger sends ends as a value, never an exception.</summary>
public static class SignatureVerification
{
    /// <summary>Checks an RSASSA-PKCS1-v1_5 signature (RFC 8017 §8.2.2).</summary>
    /// <param name="key">An RSA key.</param>
    /// <param name="algorithm">The hash function that made <paramref name="digest"/>.</param>
    /// <param name="digest">The hash of what was signed.</param>
    /// <param name="signature">Big-endian; leading zeros may be missing, as in OpenPGP's numbers.</param>
    public static SignatureCheck VerifyRsa(
        this EvpPublicKey key, DigestAlgorithm algorithm, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        signature = signature.TrimStart((byte)0);
        if (signature.Length > key.ModulusLength || digest.Length != algorithm.Length())
            return SignatureCheck.Bad;

        Span<byte> padded = new byte[key.ModulusLength];
        signature.CopyTo(padded[(padded.Length - signature.Length)..]);

        // The digest's name stands inside the signature (RFC 8017 §9.2). Put there by us, it need not be told to libcrypto,
        // which may be forbidden to hear of SHA-1: then an old revocation could not be told from a forged one.
        ReadOnlySpan<byte> prefix = algorithm.DigestInfoPrefix();
        Span<byte> signed = stackalloc byte[prefix.Length + digest.Length];
        prefix.CopyTo(signed);
        digest.CopyTo(signed[prefix.Length..]);

        using EvpPkeyContextHandle context = key.NewContext();
        bool ready = LibCryptoImports.EVP_PKEY_verify_init(context) == 1
            && LibCryptoImports.EVP_PKEY_CTX_ctrl_str(context, "rsa_padding_mode", "pkcs1") == 1;
        return ready ? Verify(context, padded, signed) : NotSupported();
    }

    /// <summary>Checks an ECDSA or DSA signature (FIPS 186-5 §6.4.2, FIPS 186-4 §4.7).</summary>
    /// <param name="key">A key on a NIST or Brainpool curve, or a DSA key.</param>
    /// <param name="digest">The hash of what was signed; more bits than the group has are cut off on the right.</param>
    /// <param name="r">Big-endian.</param>
    /// <param name="s">Big-endian.</param>
    public static SignatureCheck VerifyRAndS(
        this EvpPublicKey key, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> r, ReadOnlySpan<byte> s)
    {
        r = r.TrimStart((byte)0);
        s = s.TrimStart((byte)0);
        if (r.IsEmpty || s.IsEmpty)
            return SignatureCheck.Bad;

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(r);
            writer.WriteIntegerUnsigned(s);
        }

        using EvpPkeyContextHandle context = key.NewContext();
        return LibCryptoImports.EVP_PKEY_verify_init(context) == 1
            ? Verify(context, writer.Encode(), digest)
            : NotSupported();
    }

    /// <summary>Checks an Ed25519 or Ed448 signature (RFC 8032).</summary>
    /// <param name="key">An Ed25519 or Ed448 key.</param>
    /// <param name="message">The whole message; OpenPGP's is a digest.</param>
    /// <param name="signature">64 octets, or 114.</param>
    public static SignatureCheck VerifyEdDsa(this EvpPublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        using EvpDigestContextHandle context = OpenSslError.Checked(LibCryptoImports.EVP_MD_CTX_new(), "EVP_MD_CTX_new");
        if (LibCryptoImports.EVP_DigestVerifyInit_ex(context, 0, null, 0, null, key.Handle, 0) != 1)
            return NotSupported();

        int result = LibCryptoImports.EVP_DigestVerify(
            context, signature, (nuint)signature.Length, message, (nuint)message.Length);
        return Judge(result);
    }

    private static SignatureCheck Verify(EvpPkeyContextHandle context, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> digest) =>
        Judge(LibCryptoImports.EVP_PKEY_verify(context, signature, (nuint)signature.Length, digest, (nuint)digest.Length));

    private static SignatureCheck Judge(int result)
    {
        if (result == 1)
            return SignatureCheck.Good;

        OpenSslError.Forget();
        return SignatureCheck.Bad;
    }

    private static SignatureCheck NotSupported()
    {
        OpenSslError.Forget();
        return SignatureCheck.NotSupported;
    }
}
