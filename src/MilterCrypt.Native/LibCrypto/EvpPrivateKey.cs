using System.Security.Cryptography;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>A private key of key agreement, held by libcrypto, which clears it when this is disposed. Owned by its maker.</summary>
public sealed class EvpPrivateKey : IDisposable
{
    private const int SelectKeyPair = 0x87; // EVP_PKEY_KEYPAIR

    private readonly EvpPkeyHandle handle;

    private EvpPrivateKey(EvpPkeyHandle handle) => this.handle = handle;

    /// <summary>Imports a private key that is plain octets; null where they cannot be such a key.</summary>
    public static EvpPrivateKey? ImportRaw(RawKeyKind kind, ReadOnlySpan<byte> key)
    {
        if (key.Length != kind.KeyLength())
            return null;

        return Keep(LibCryptoImports.EVP_PKEY_new_raw_private_key_ex(0, kind.OpenSslName(), null, key, (nuint)key.Length));
    }

    /// <summary>Imports a private number of a curve, big-endian; null where it cannot be one.</summary>
    public static EvpPrivateKey? ImportEllipticCurve(EllipticCurve curve, ReadOnlySpan<byte> number)
    {
        number = number.TrimStart((byte)0);
        if (number.Length == 0 || number.Length > curve.FieldLength())
            return null;

        using var parameters = new KeyParameters(number.Length + 64);
        parameters.AddText("group"u8, curve.OpenSslName());
        parameters.AddNumber("priv"u8, number);
        using EvpPkeyContextHandle context = OpenSslError.Checked(
            LibCryptoImports.EVP_PKEY_CTX_new_from_name(0, "EC", null), "EVP_PKEY_CTX_new_from_name");
        OpenSslError.ThrowUnlessOne(LibCryptoImports.EVP_PKEY_fromdata_init(context), "EVP_PKEY_fromdata_init");
        _ = LibCryptoImports.EVP_PKEY_fromdata(context, out EvpPkeyHandle made, SelectKeyPair, parameters.Pointer);
        return Keep(made);
    }

    /// <summary>Agrees on a secret with another's public key of the same kind or curve.</summary>
    /// <param name="peer">The other's key.</param>
    /// <param name="sharedSecret">Receives the secret, <see cref="EvpPublicKey.SharedSecretLength"/> octets; the
    /// caller clears it.</param>
    /// <exception cref="CryptographicException">The keys don't match, or the secret would be all zeros.</exception>
    public void AgreeWith(EvpPublicKey peer, Span<byte> sharedSecret)
    {
        using EvpPkeyContextHandle context = NewContext(handle);
        OpenSslError.ThrowUnlessOne(LibCryptoImports.EVP_PKEY_derive_init(context), "EVP_PKEY_derive_init");
        OpenSslError.ThrowUnlessOne(
            LibCryptoImports.EVP_PKEY_derive_set_peer(context, peer.Handle), "EVP_PKEY_derive_set_peer");
        nuint length = (nuint)sharedSecret.Length;
        OpenSslError.ThrowUnlessOne(LibCryptoImports.EVP_PKEY_derive(context, sharedSecret, ref length), "EVP_PKEY_derive");
        if (length != (nuint)sharedSecret.Length)
            throw new CryptographicException("EVP_PKEY_derive made a secret of another length than was asked for.");

        // RFC 7748 §6: a peer's key of small order gives zeros whatever our own key is. libcrypto refuses them too,
        // but this must hold under any provider. On the other curves zero is an honest coordinate.
        if (peer.IsRaw && !sharedSecret.ContainsAnyExcept((byte)0))
            throw new CryptographicException("The other's key gives an all-zero shared secret.");
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    /// <summary>Makes a fresh key of the same kind and curve as <paramref name="publicKey"/>.</summary>
    internal static EvpPrivateKey GenerateLike(EvpPublicKey publicKey)
    {
        using EvpPkeyContextHandle context = publicKey.NewContext();
        OpenSslError.ThrowUnlessOne(LibCryptoImports.EVP_PKEY_keygen_init(context), "EVP_PKEY_keygen_init");
        int result = LibCryptoImports.EVP_PKEY_generate(context, out EvpPkeyHandle made);
        if (result == 1 && !made.IsInvalid)
            return new EvpPrivateKey(made);

        made.Dispose();
        throw OpenSslError.Make("EVP_PKEY_generate");
    }

    /// <summary>Writes the public part: the raw key, or the uncompressed point, filling <paramref name="destination"/>.</summary>
    internal void ExportPublicKey(Span<byte> destination)
    {
        OpenSslError.ThrowUnlessOne(
            LibCryptoImports.EVP_PKEY_get_octet_string_param(
                handle, "encoded-pub-key\0"u8, destination, (nuint)destination.Length, out nuint length),
            "EVP_PKEY_get_octet_string_param");
        if (length != (nuint)destination.Length)
            throw new CryptographicException("A fresh public key has another length than its kind.");
    }

    private static EvpPkeyContextHandle NewContext(EvpPkeyHandle key) =>
        OpenSslError.Checked(LibCryptoImports.EVP_PKEY_CTX_new_from_pkey(0, key, null), "EVP_PKEY_CTX_new_from_pkey");

    private static EvpPrivateKey? Keep(EvpPkeyHandle handle)
    {
        if (!handle.IsInvalid)
            return new EvpPrivateKey(handle);

        handle.Dispose();
        OpenSslError.Forget();
        return null;
    }
}
