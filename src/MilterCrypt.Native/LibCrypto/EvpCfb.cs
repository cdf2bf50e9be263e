using System.Security.Cryptography;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>A block cipher in CFB mode with a zero initial value, over data that come in pieces of any length. Owned by its
/// maker, one thread at a time; disposal clears the key.</summary>
public sealed class EvpCfb : IDisposable
{
    private const int MaxBlockLength = 16;

    private readonly EvpCipherContextHandle context;

    private EvpCfb(EvpCipherContextHandle context) => this.context = context;

    /// <summary>Begins to encrypt; null where this system has no such cipher or forbids it.</summary>
    /// <param name="cipher">The cipher.</param>
    /// <param name="key">As many octets as the cipher wants.</param>
    /// <exception cref="CryptographicException">libcrypto failed for another reason.</exception>
    public static EvpCfb? ForEncryption(BlockCipher cipher, ReadOnlySpan<byte> key) => Begin(cipher, key, encrypt: 1);

    /// <summary>Begins to decrypt; null where this system has no such cipher or forbids it.</summary>
    /// <inheritdoc cref="ForEncryption"/>
    public static EvpCfb? ForDecryption(BlockCipher cipher, ReadOnlySpan<byte> key) => Begin(cipher, key, encrypt: 0);

    /// <summary>Encrypts or decrypts in place, going on where the last call ended.</summary>
    /// <exception cref="CryptographicException">libcrypto failed.</exception>
    public void Process(Span<byte> data)
    {
        if (data.IsEmpty)
            return;

        OpenSslError.ThrowUnlessOne(
            LibCryptoImports.EVP_CipherUpdate(context, data, out int written, data, data.Length), "EVP_CipherUpdate");
        if (written != data.Length)
            throw new CryptographicException("CFB wrote another length than it read.");
    }

    /// <inheritdoc/>
    public void Dispose() => context.Dispose();

    private static EvpCfb? Begin(BlockCipher cipher, ReadOnlySpan<byte> key, int encrypt)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, cipher.KeyLength(), nameof(key));
        if (!cipher.IsLegacy())
        {
            using EvpCipherHandle found = LibCryptoImports.EVP_CIPHER_fetch(0, cipher.CfbName(), null);
            return Begin(found, key, encrypt, library: null);
        }

        using LegacyLibraryHandle? library = LegacyLibraryHandle.Load();
        if (library is null)
            return null;
        using EvpCipherHandle legacy = LibCryptoImports.EVP_CIPHER_fetch_from(library, cipher.CfbName(), null);
        return Begin(legacy, key, encrypt, library);
    }

    private static EvpCfb? Begin(EvpCipherHandle cipher, ReadOnlySpan<byte> key, int encrypt, LegacyLibraryHandle? library)
    {
        if (cipher.IsInvalid)
        {
            OpenSslError.Forget();
            return null;
        }

        EvpCipherContextHandle context = OpenSslError.Checked(LibCryptoImports.EVP_CIPHER_CTX_new(), "EVP_CIPHER_CTX_new");
        if (library is not null)
            context.KeepAlive(library);
        if (LibCryptoImports.EVP_CipherInit_ex(context, cipher, 0, key, stackalloc byte[MaxBlockLength], encrypt) == 1)
            return new EvpCfb(context);

        context.Dispose();
        OpenSslError.Forget();
        return null;
    }
}
