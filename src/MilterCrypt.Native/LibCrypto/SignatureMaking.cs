using System.Formats.Asn1;
using System.Security.Cryptography;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>Makes signatures with imported private keys. Callers see to it that the key is of the kind; libcrypto refuses
/// others.</summary>
public static class SignatureMaking
{
    /// <summary>Makes an RSASSA-PKCS1-v1_5 signature (RFC 8017 §8.2.1).</summary>
    /// <param name="key">An RSA key.</param>
    /// <param name="algorithm">The hash function that made <paramref name="digest"/>.</param>
    /// <param name="digest">The hash of what is signed.</param>
    /// <returns>As many octets as the modulus has.</returns>
    /// <exception cref="CryptographicException">libcrypto refused.</exception>
    public static byte[] SignRsa(this EvpPrivateKey key, DigestAlgorithm algorithm, ReadOnlySpan<byte> digest)
    {
        using EvpPkeyContextHandle context = Begin(key);
        OpenSslError.ThrowUnlessOne(
            LibCryptoImports.EVP_PKEY_CTX_ctrl_str(context, "rsa_padding_mode", "pkcs1"), "rsa_padding_mode");
        OpenSslError.ThrowUnlessOne(
            LibCryptoImports.EVP_PKEY_CTX_ctrl_str(context, "digest", algorithm.OpenSslName()), "digest");
        return Finish(context, key.ModulusLength, digest);
    }

    /// <summary>Makes an ECDSA signature (FIPS 186-5 §6.4.1).</summary>
    /// <param name="key">A key on a NIST or Brainpool curve.</param>
    /// <param name="digest">The hash of what is signed; more bits than the group has are cut off on the right.</param>
    /// <returns>Two numbers, big-endian, without leading zeros.</returns>
    /// <exception cref="CryptographicException">libcrypto refused.</exception>
    public static (byte[] R, byte[] S) SignEcdsa(this EvpPrivateKey key, ReadOnlySpan<byte> digest)
    {
        using EvpPkeyContextHandle context = Begin(key);
        int longest = LibCryptoImports.EVP_PKEY_get_size(key.Handle);
        var sequence = new AsnReader(Finish(context, longest, digest), AsnEncodingRules.DER).ReadSequence();
        return (Number(sequence), Number(sequence));
    }

    /// <summary>Makes an Ed25519 or Ed448 signature (RFC 8032).</summary>
    /// <param name="key">An Ed25519 or Ed448 key.</param>
    /// <param name="message">The whole message; OpenPGP's is a digest.</param>
    /// <returns>64 octets, or 114.</returns>
    /// <exception cref="CryptographicException">libcrypto refused.</exception>
    public static byte[] SignEdDsa(this EvpPrivateKey key, ReadOnlySpan<byte> message)
    {
        using EvpDigestContextHandle context = OpenSslError.Checked(LibCryptoImports.EVP_MD_CTX_new(), "EVP_MD_CTX_new");
        OpenSslError.ThrowUnlessOne(
            LibCryptoImports.EVP_DigestSignInit_ex(context, 0, null, 0, null, key.Handle, 0), "EVP_DigestSignInit_ex");
        byte[] signature = new byte[LibCryptoImports.EVP_PKEY_get_size(key.Handle)];
        nuint length = (nuint)signature.Length;
        OpenSslError.ThrowUnlessOne(
            LibCryptoImports.EVP_DigestSign(context, signature, ref length, message, (nuint)message.Length), "EVP_DigestSign");
        return signature[..(int)length];
    }

    private static EvpPkeyContextHandle Begin(EvpPrivateKey key)
    {
        EvpPkeyContextHandle context = key.NewContext();
        if (LibCryptoImports.EVP_PKEY_sign_init(context) == 1)
            return context;

        context.Dispose();
        throw OpenSslError.Make("EVP_PKEY_sign_init");
    }

    private static byte[] Finish(EvpPkeyContextHandle context, int longest, ReadOnlySpan<byte> digest)
    {
        byte[] signature = new byte[longest];
        nuint length = (nuint)longest;
        OpenSslError.ThrowUnlessOne(
            LibCryptoImports.EVP_PKEY_sign(context, signature, ref length, digest, (nuint)digest.Length), "EVP_PKEY_sign");
        return signature[..(int)length];
    }

    private static byte[] Number(AsnReader sequence) => sequence.ReadIntegerBytes().Span.TrimStart((byte)0).ToArray();
}
