using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MilterCrypt.Native.LibArgon2;

/// <summary>Argon2id, version 1.3 (RFC 9106), by libargon2, which clears the memory that it used.</summary>
public static class Argon2
{
    private const int Ok = 0;
    private const uint Version13 = 0x13;

    /// <summary>Derives a key from a passphrase; false, with <paramref name="key"/> cleared, where the library refuses the
    /// parameters, gets no memory or is not installed (<see cref="NativeLibraries.Argon2"/>).</summary>
    /// <param name="passphrase">Its octets; may be empty.</param>
    /// <param name="salt">8 octets at least; OpenPGP has 16.</param>
    /// <param name="cost">Bounded by the caller.</param>
    /// <param name="key">Receives the key: 4 octets at least.</param>
    /// <param name="reason">What was wrong, for an administrator.</param>
    public static bool TryDeriveKey(
        ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, Argon2Cost cost, Span<byte> key, out string? reason) =>
        TryDeriveKey(passphrase, salt, secret: [], associatedData: [], cost, key, out reason);

    /// <summary>The same with the two inputs that OpenPGP leaves empty, and the RFC's test vectors do not.</summary>
    internal static unsafe bool TryDeriveKey(
        ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> associatedData,
        Argon2Cost cost, Span<byte> key, out string? reason)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cost.Passes);
        ArgumentOutOfRangeException.ThrowIfNegative(cost.Lanes);
        ArgumentOutOfRangeException.ThrowIfNegative(cost.MemoryKibibytes);
        fixed (byte* output = key, password = passphrase, salted = salt, secretStart = secret, dataStart = associatedData)
        {
            var context = new Argon2Context
            {
                Output = output,
                OutputLength = (uint)key.Length,
                Password = password,
                PasswordLength = (uint)passphrase.Length,
                Salt = salted,
                SaltLength = (uint)salt.Length,
                Secret = secretStart,
                SecretLength = (uint)secret.Length,
                AssociatedData = dataStart,
                AssociatedDataLength = (uint)associatedData.Length,
                Passes = (uint)cost.Passes,
                MemoryKibibytes = (uint)cost.MemoryKibibytes,
                Lanes = (uint)cost.Lanes,
                Threads = 1,
                Version = Version13,
            };
            reason = Derive(ref context);
        }

        if (reason is null)
            return true;

        CryptographicOperations.ZeroMemory(key);
        return false;
    }

    private static string? Derive(ref Argon2Context context)
    {
        try
        {
            int result = LibArgon2Imports.argon2id_ctx(ref context);
            return result == Ok ? null : $"Argon2: {Marshal.PtrToStringUTF8(LibArgon2Imports.argon2_error_message(result))}";
        }
        catch (DllNotFoundException)
        {
            return NativeLibraries.Argon2.MissingText;
        }
    }
}
