using System.Runtime.InteropServices;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>An OSSL_LIB_CTX that has the legacy provider and nothing else. The process's own context stays as it is, so that
/// what is weak is found by those who ask for it here, and by nobody else.</summary>
internal sealed class LegacyLibraryHandle() : SafeHandle(0, ownsHandle: true)
{
    private nint provider;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Loads it; null where this system has no such provider, or forbids it.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">libcrypto gave no context.</exception>
    internal static LegacyLibraryHandle? Load()
    {
        LegacyLibraryHandle library = OpenSslError.Checked(LibCryptoImports.OSSL_LIB_CTX_new(), "OSSL_LIB_CTX_new");
        library.provider = LibCryptoImports.OSSL_PROVIDER_load(library, "legacy");
        if (library.provider != 0)
            return library;

        library.Dispose();
        OpenSslError.Forget();
        return null;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        if (provider != 0)
            _ = LibCryptoImports.OSSL_PROVIDER_unload(provider);
        LibCryptoImports.OSSL_LIB_CTX_free(handle);
        return true;
    }
}
