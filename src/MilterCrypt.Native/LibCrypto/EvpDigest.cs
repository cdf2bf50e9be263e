using System.Security.Cryptography;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>A hash over data that comes in pieces, for functions that .NET lacks (RIPEMD-160). One thread, one hash.</summary>
public sealed class EvpDigest : IDisposable
{
    /// <summary>The longest hash, in octets.</summary>
    public const int MaxLength = 64; // EVP_MAX_MD_SIZE

    private readonly EvpDigestContextHandle context;

    private EvpDigest(EvpDigestContextHandle context) => this.context = context;

    /// <summary>Begins a hash, or returns null where this system has no such function or forbids it.</summary>
    public static EvpDigest? Begin(DigestAlgorithm algorithm)
    {
        using EvpDigestHandle digest = LibCryptoImports.EVP_MD_fetch(0, algorithm.OpenSslName(), null);
        if (digest.IsInvalid)
        {
            OpenSslError.Forget();
            return null;
        }

        EvpDigestContextHandle context = OpenSslError.Checked(LibCryptoImports.EVP_MD_CTX_new(), "EVP_MD_CTX_new");
        if (LibCryptoImports.EVP_DigestInit_ex2(context, digest, 0) == 1)
            return new EvpDigest(context);

        context.Dispose();
        OpenSslError.Forget();
        return null;
    }

    /// <summary>A second hash of what was added so far, which goes its own way from here.</summary>
    /// <exception cref="CryptographicException">libcrypto failed.</exception>
    public EvpDigest Copy()
    {
        var copy = new EvpDigest(OpenSslError.Checked(LibCryptoImports.EVP_MD_CTX_new(), "EVP_MD_CTX_new"));
        if (LibCryptoImports.EVP_MD_CTX_copy_ex(copy.context, context) == 1)
            return copy;

        copy.Dispose();
        throw OpenSslError.Make("EVP_MD_CTX_copy_ex");
    }

    /// <summary>Adds data.</summary>
    /// <exception cref="CryptographicException">libcrypto failed.</exception>
    public void Append(ReadOnlySpan<byte> data) => OpenSslError.ThrowUnlessOne(
        LibCryptoImports.EVP_DigestUpdate(context, data, (nuint)data.Length), "EVP_DigestUpdate");

    /// <summary>Ends the hash and returns it.</summary>
    /// <exception cref="CryptographicException">libcrypto failed.</exception>
    public byte[] Finish()
    {
        Span<byte> hash = stackalloc byte[MaxLength];
        return hash[..Finish(hash)].ToArray();
    }

    /// <summary>Ends a hash that is itself a secret, in memory that the caller clears.</summary>
    /// <param name="hash">At least <see cref="MaxLength"/> octets.</param>
    /// <returns>How many octets the hash has.</returns>
    /// <exception cref="CryptographicException">libcrypto failed.</exception>
    public int Finish(Span<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hash.Length, MaxLength);
        OpenSslError.ThrowUnlessOne(LibCryptoImports.EVP_DigestFinal_ex(context, hash, out uint length), "EVP_DigestFinal_ex");
        return (int)length;
    }

    /// <inheritdoc/>
    public void Dispose() => context.Dispose();
}
