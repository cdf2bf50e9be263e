using System.Security.Cryptography;
using System.Text;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>Turns libcrypto's return codes and this thread's error queue into exceptions.</summary>
internal static class OpenSslError
{
    // ERR_error_string_n cuts its text to fit; OpenSSL's own buffers are this large.
    private const int TextLength = 256;

    /// <summary>Throws unless a call returned 1, libcrypto's only success.</summary>
    /// <exception cref="CryptographicException">The call failed; the message names it and the library's reason.</exception>
    internal static void ThrowUnlessOne(int result, string call)
    {
        if (result != 1)
            throw Make(call);
    }

    /// <summary>Passes a handle on, or throws where the library gave none.</summary>
    /// <exception cref="CryptographicException">The handle is invalid.</exception>
    internal static T Checked<T>(T handle, string call) where T : System.Runtime.InteropServices.SafeHandle
    {
        if (!handle.IsInvalid)
            return handle;

        handle.Dispose();
        throw Make(call);
    }

    /// <summary>Empties the queue into an exception. The first entry is the deepest cause, so its text is shown.</summary>
    internal static CryptographicException Make(string call)
    {
        nuint first = LibCryptoImports.ERR_get_error();
        LibCryptoImports.ERR_clear_error();
        if (first == 0)
            return new CryptographicException($"{call} failed without a reason.");

        Span<byte> text = stackalloc byte[TextLength];
        text.Clear();
        LibCryptoImports.ERR_error_string_n(first, text, TextLength);
        int end = text.IndexOf((byte)0);
        return new CryptographicException($"{call} failed: {Encoding.ASCII.GetString(text[..end])}");
    }

    /// <summary>Forgets errors of a failure that was expected: .NET reads the same queue, and would find them.</summary>
    internal static void Forget() => LibCryptoImports.ERR_clear_error();
}
