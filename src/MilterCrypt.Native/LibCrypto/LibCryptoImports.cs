using System.Runtime.InteropServices;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>What is used of OpenSSL 3's libcrypto, under its own names; every caller checks what comes back.</summary>
internal static partial class LibCryptoImports
{
    private const string Library = NativeLibraries.LibCrypto;

    [LibraryImport(Library)]
    internal static partial nuint ERR_get_error();

    [LibraryImport(Library)]
    internal static partial void ERR_error_string_n(nuint code, Span<byte> text, nuint length);

    [LibraryImport(Library)]
    internal static partial void ERR_clear_error();

    [LibraryImport(Library)]
    internal static partial int CRYPTO_secure_malloc_init(nuint size, nuint smallest);

    [LibraryImport(Library)]
    internal static partial nuint CRYPTO_secure_used();

    [LibraryImport(Library)]
    internal static partial LegacyLibraryHandle OSSL_LIB_CTX_new();

    [LibraryImport(Library)]
    internal static partial void OSSL_LIB_CTX_free(nint library);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint OSSL_PROVIDER_load(LegacyLibraryHandle library, string name);

    [LibraryImport(Library)]
    internal static partial int OSSL_PROVIDER_unload(nint provider);

    [LibraryImport(Library)]
    internal static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Library)]
    internal static partial void EVP_PKEY_CTX_free(nint context);

    [LibraryImport(Library)]
    internal static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(Library)]
    internal static partial void EVP_MD_free(nint digest);

    [LibraryImport(Library)]
    internal static partial void EVP_CIPHER_free(nint cipher);

    [LibraryImport(Library)]
    internal static partial void EVP_CIPHER_CTX_free(nint context);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial EvpPkeyHandle EVP_PKEY_new_raw_public_key_ex(
        nint library, string keyType, string? properties, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library)]
    internal static unsafe partial EvpPkeyHandle d2i_AutoPrivateKey(nint reused, ref byte* encoded, nint length);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_get_raw_public_key(EvpPkeyHandle key, Span<byte> raw, ref nuint length);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_get_raw_private_key(EvpPkeyHandle key, Span<byte> raw, ref nuint length);

    /// <summary>Makes the number where it is null.</summary>
    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_get_bn_param(EvpPkeyHandle key, ReadOnlySpan<byte> name, ref nint number);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_get_octet_string_param(
        EvpPkeyHandle key, ReadOnlySpan<byte> name, Span<byte> value, nuint capacity, out nuint length);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_get_size(EvpPkeyHandle key);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial EvpPkeyContextHandle EVP_PKEY_CTX_new_from_name(nint library, string name, string? properties);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial EvpPkeyContextHandle EVP_PKEY_CTX_new_from_pkey(nint library, EvpPkeyHandle key, string? properties);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int EVP_PKEY_CTX_ctrl_str(EvpPkeyContextHandle context, string name, string value);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_fromdata_init(EvpPkeyContextHandle context);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_fromdata(
        EvpPkeyContextHandle context, out EvpPkeyHandle key, int selection, nint parameters);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_public_check(EvpPkeyContextHandle context);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_pairwise_check(EvpPkeyContextHandle context);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_keygen_init(EvpPkeyContextHandle context);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_generate(EvpPkeyContextHandle context, out EvpPkeyHandle key);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_derive_init(EvpPkeyContextHandle context);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_derive_set_peer(EvpPkeyContextHandle context, EvpPkeyHandle peer);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_derive(EvpPkeyContextHandle context, Span<byte> secret, ref nuint length);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_encrypt_init(EvpPkeyContextHandle context);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_encrypt(
        EvpPkeyContextHandle context, Span<byte> output, ref nuint outputLength, ReadOnlySpan<byte> input, nuint inputLength);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_decrypt_init(EvpPkeyContextHandle context);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_decrypt(
        EvpPkeyContextHandle context, Span<byte> output, ref nuint outputLength, ReadOnlySpan<byte> input, nuint inputLength);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_sign_init(EvpPkeyContextHandle context);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_sign(
        EvpPkeyContextHandle context, Span<byte> signature, ref nuint signatureLength,
        ReadOnlySpan<byte> digest, nuint digestLength);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_verify_init(EvpPkeyContextHandle context);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_verify(
        EvpPkeyContextHandle context, ReadOnlySpan<byte> signature, nuint signatureLength,
        ReadOnlySpan<byte> digest, nuint digestLength);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial EvpDigestHandle EVP_MD_fetch(nint library, string name, string? properties);

    [LibraryImport(Library)]
    internal static partial EvpDigestContextHandle EVP_MD_CTX_new();

    [LibraryImport(Library)]
    internal static partial int EVP_DigestInit_ex2(EvpDigestContextHandle context, EvpDigestHandle digest, nint parameters);

    [LibraryImport(Library)]
    internal static partial int EVP_MD_CTX_copy_ex(EvpDigestContextHandle copy, EvpDigestContextHandle context);

    [LibraryImport(Library)]
    internal static partial int EVP_DigestUpdate(EvpDigestContextHandle context, ReadOnlySpan<byte> data, nuint length);

    [LibraryImport(Library)]
    internal static partial int EVP_DigestFinal_ex(EvpDigestContextHandle context, Span<byte> hash, out uint length);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int EVP_DigestVerifyInit_ex(
        EvpDigestContextHandle context, nint keyContext, string? digest, nint library, string? properties,
        EvpPkeyHandle key, nint parameters);

    [LibraryImport(Library)]
    internal static partial int EVP_DigestVerify(
        EvpDigestContextHandle context, ReadOnlySpan<byte> signature, nuint signatureLength,
        ReadOnlySpan<byte> message, nuint messageLength);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int EVP_DigestSignInit_ex(
        EvpDigestContextHandle context, nint keyContext, string? digest, nint library, string? properties,
        EvpPkeyHandle key, nint parameters);

    [LibraryImport(Library)]
    internal static partial int EVP_DigestSign(
        EvpDigestContextHandle context, Span<byte> signature, ref nuint signatureLength,
        ReadOnlySpan<byte> message, nuint messageLength);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial EvpCipherHandle EVP_CIPHER_fetch(nint library, string name, string? properties);

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_fetch", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial EvpCipherHandle EVP_CIPHER_fetch_from(LegacyLibraryHandle library, string name, string? properties);

    [LibraryImport(Library)]
    internal static partial EvpCipherContextHandle EVP_CIPHER_CTX_new();

    [LibraryImport(Library)]
    internal static partial void EVP_CIPHER_CTX_set_flags(EvpCipherContextHandle context, int flags);

    [LibraryImport(Library)]
    internal static partial int EVP_CIPHER_CTX_ctrl(EvpCipherContextHandle context, int command, int argument, Span<byte> value);

    /// <summary>First call: with the cipher, without key and IV.</summary>
    [LibraryImport(Library)]
    internal static partial int EVP_CipherInit_ex(
        EvpCipherContextHandle context, EvpCipherHandle cipher, nint engine,
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, int encrypt);

    /// <summary>Later calls: the cipher stays; an empty span (a null pointer) leaves key or IV as they are.</summary>
    [LibraryImport(Library, EntryPoint = "EVP_CipherInit_ex")]
    internal static partial int EVP_CipherInit_ex_again(
        EvpCipherContextHandle context, nint cipher, nint engine,
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, int encrypt);

    [LibraryImport(Library)]
    internal static partial int EVP_CipherUpdate(
        EvpCipherContextHandle context, Span<byte> output, out int written, ReadOnlySpan<byte> input, int length);

    [LibraryImport(Library)]
    internal static partial int EVP_CipherFinal_ex(EvpCipherContextHandle context, Span<byte> output, out int written);
}
