using System.Security.Cryptography;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>Writes what private keys are made of, for packets. Callers see to it that the key is of the kind; libcrypto
/// refuses others. Whoever asks for a secret clears it.</summary>
public static class PrivateKeyExport
{
    /// <summary>Writes the octets of a key that is plain octets.</summary>
    /// <param name="key">X25519, X448, Ed25519 or Ed448.</param>
    /// <param name="secret">Receives them: as many as the kind has.</param>
    /// <exception cref="CryptographicException">The key is of another kind or length.</exception>
    public static void ExportRaw(this EvpPrivateKey key, Span<byte> secret)
    {
        nuint length = (nuint)secret.Length;
        OpenSslError.ThrowUnlessOne(
            LibCryptoImports.EVP_PKEY_get_raw_private_key(key.Handle, secret, ref length), "EVP_PKEY_get_raw_private_key");
        MustFill(secret, length);
    }

    /// <summary>Writes the public octets of a key that is plain octets.</summary>
    /// <inheritdoc cref="ExportRaw"/>
    /// <param name="key">X25519, X448, Ed25519 or Ed448.</param>
    /// <param name="publicKey">Receives them: as many as the kind has.</param>
    public static void ExportRawPublicKey(this EvpPrivateKey key, Span<byte> publicKey)
    {
        nuint length = (nuint)publicKey.Length;
        OpenSslError.ThrowUnlessOne(
            LibCryptoImports.EVP_PKEY_get_raw_public_key(key.Handle, publicKey, ref length), "EVP_PKEY_get_raw_public_key");
        MustFill(publicKey, length);
    }

    /// <summary>Writes a number, big-endian, with zeros in front.</summary>
    /// <param name="key">An RSA key, or one on a NIST or Brainpool curve.</param>
    /// <param name="which">The number.</param>
    /// <param name="number">Receives it.</param>
    /// <exception cref="CryptographicException">The key has no such number, or it needs more room.</exception>
    public static void ExportNumber(this EvpPrivateKey key, PrivateKeyNumber which, Span<byte> number)
    {
        nint made = 0;
        int result = LibCryptoImports.EVP_PKEY_get_bn_param(key.Handle, which.OpenSslName(), ref made);
        using BigNumberHandle exported = BigNumberHandle.Own(made);
        OpenSslError.ThrowUnlessOne(result, "EVP_PKEY_get_bn_param");
        exported.CopyTo(number);
    }

    private static void MustFill(Span<byte> destination, nuint length)
    {
        if (length != (nuint)destination.Length)
            throw new CryptographicException("A key has another length than its kind.");
    }
}
