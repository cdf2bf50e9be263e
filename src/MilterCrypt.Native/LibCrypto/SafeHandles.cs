using System.Runtime.InteropServices;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>An EVP_PKEY: a key that libcrypto has parsed. Counted by libcrypto itself, usable from several threads.</summary>
internal sealed class EvpPkeyHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibCryptoImports.EVP_PKEY_free(handle);
        return true;
    }
}

/// <summary>An EVP_PKEY_CTX: one operation with a key; belongs to one thread.</summary>
internal sealed class EvpPkeyContextHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibCryptoImports.EVP_PKEY_CTX_free(handle);
        return true;
    }
}

/// <summary>An EVP_MD_CTX: one hash or one-shot signature check; belongs to one thread.</summary>
internal sealed class EvpDigestContextHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibCryptoImports.EVP_MD_CTX_free(handle);
        return true;
    }
}

/// <summary>An EVP_MD: a hash function that a provider of this system offers.</summary>
internal sealed class EvpDigestHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibCryptoImports.EVP_MD_free(handle);
        return true;
    }
}

/// <summary>An EVP_CIPHER: a cipher that a provider of this system offers.</summary>
internal sealed class EvpCipherHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibCryptoImports.EVP_CIPHER_free(handle);
        return true;
    }
}

/// <summary>An EVP_CIPHER_CTX: a cipher with its key, which libcrypto clears when it is freed; belongs to one thread.</summary>
internal sealed class EvpCipherContextHandle() : SafeHandle(0, ownsHandle: true)
{
    private LegacyLibraryHandle? library;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Holds the library context that the cipher comes from until this one is freed: a finalizer keeps no order.</summary>
    internal void KeepAlive(LegacyLibraryHandle origin)
    {
        bool held = false;
        origin.DangerousAddRef(ref held);
        library = origin;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibCryptoImports.EVP_CIPHER_CTX_free(handle);
        library?.DangerousRelease();
        return true;
    }
}
