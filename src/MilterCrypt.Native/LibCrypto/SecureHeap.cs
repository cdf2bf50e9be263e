namespace MilterCrypt.Native.LibCrypto;

/// <summary>libcrypto's memory for private keys (CRYPTO_secure_malloc(3)): between guard pages, out of swap space and core
/// files, cleared when it is given back. The process has one or none.</summary>
public static class SecureHeap
{
    // The smallest piece: a list node of libcrypto's has to fit.
    private const int SmallestPiece = 32;

    /// <summary>Octets that are in use.</summary>
    public static long Used => (long)LibCryptoImports.CRYPTO_secure_used();

    /// <summary>Sets it up, before any key is made. Where it is full later, making a key fails.</summary>
    /// <param name="size">Its octets, a power of two.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public static string? Begin(int size)
    {
        int result = LibCryptoImports.CRYPTO_secure_malloc_init((nuint)size, SmallestPiece);
        OpenSslError.Forget();
        return result switch
        {
            1 => null,
            2 => "libcrypto's memory for private keys can't be kept out of swap space or core files",
            _ => "libcrypto can't have memory for private keys apart",
        };
    }
}
