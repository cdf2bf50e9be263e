using System.Security.Cryptography;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>AES key wrap with its default initial value (RFC 3394 §2.2).</summary>
public static class AesKeyWrap
{
    /// <summary>Octets that wrapping adds.</summary>
    public const int Overhead = 8;

    private const int WrapAllowed = 1; // EVP_CIPHER_CTX_FLAG_WRAP_ALLOW

    /// <summary>Wraps a key.</summary>
    /// <param name="wrappingKey">16, 24 or 32 octets.</param>
    /// <param name="key">At least 16 octets, a multiple of 8.</param>
    /// <param name="wrapped">Receives <see cref="Overhead"/> octets more.</param>
    /// <exception cref="CryptographicException">libcrypto refused.</exception>
    public static void Wrap(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> key, Span<byte> wrapped)
    {
        CheckLengths(wrappingKey, key.Length, wrapped.Length - Overhead);
        using EvpCipherContextHandle context = Begin(wrappingKey, encrypt: 1);
        OpenSslError.ThrowUnlessOne(
            LibCryptoImports.EVP_CipherUpdate(context, wrapped, out int written, key, key.Length), "EVP_CipherUpdate");
        if (written != key.Length + Overhead)
            throw new CryptographicException("Key wrap wrote another length than RFC 3394 says.");
    }

    /// <summary>Unwraps a key; false, with <paramref name="key"/> cleared, where it was not wrapped with this one.</summary>
    /// <param name="wrappingKey">16, 24 or 32 octets.</param>
    /// <param name="wrapped">At least 24 octets, a multiple of 8.</param>
    /// <param name="key">Receives <see cref="Overhead"/> octets fewer.</param>
    public static bool TryUnwrap(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> wrapped, Span<byte> key)
    {
        CheckLengths(wrappingKey, key.Length, wrapped.Length - Overhead);
        using EvpCipherContextHandle context = Begin(wrappingKey, encrypt: 0);
        int result = LibCryptoImports.EVP_CipherUpdate(context, key, out int written, wrapped, wrapped.Length);
        if (result == 1 && written == key.Length)
            return true;

        OpenSslError.Forget();
        CryptographicOperations.ZeroMemory(key);
        return false;
    }

    private static void CheckLengths(ReadOnlySpan<byte> wrappingKey, int key, int wrapped)
    {
        if (wrappingKey.Length is not (16 or 24 or 32))
            throw new ArgumentException("An AES key has 16, 24 or 32 octets.", nameof(wrappingKey));
        if (key < 16 || key % 8 != 0 || key != wrapped)
            throw new ArgumentException("A wrapped key is a multiple of 8 octets, 16 at least, and 8 more when wrapped.", nameof(key));
    }

    private static EvpCipherContextHandle Begin(ReadOnlySpan<byte> wrappingKey, int encrypt)
    {
        using EvpCipherHandle cipher = OpenSslError.Checked(
            LibCryptoImports.EVP_CIPHER_fetch(0, $"AES-{wrappingKey.Length * 8}-WRAP", null), "EVP_CIPHER_fetch");
        EvpCipherContextHandle context = OpenSslError.Checked(LibCryptoImports.EVP_CIPHER_CTX_new(), "EVP_CIPHER_CTX_new");
        LibCryptoImports.EVP_CIPHER_CTX_set_flags(context, WrapAllowed);
        if (LibCryptoImports.EVP_CipherInit_ex(context, cipher, 0, wrappingKey, [], encrypt) == 1)
            return context;

        context.Dispose();
        throw OpenSslError.Make("EVP_CipherInit_ex");
    }
}
