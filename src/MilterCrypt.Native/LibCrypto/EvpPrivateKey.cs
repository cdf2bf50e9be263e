using System.Security.Cryptography;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>A private key held by libcrypto, which clears it when this is disposed. Owned by its maker; usable from
/// several threads at once.</summary>
public sealed class EvpPrivateKey : IDisposable
{
    private const int SelectKeyPair = 0x87; // EVP_PKEY_KEYPAIR
    private const int MaxRawStart = 16, MaxRawKey = 57; // Ed448 has the longest

    private EvpPrivateKey(EvpPkeyHandle handle, int modulusLength = 0)
    {
        Handle = handle;
        ModulusLength = modulusLength;
    }

    /// <summary>Octets of an RSA modulus; 0 for other keys.</summary>
    public int ModulusLength { get; }

    internal EvpPkeyHandle Handle { get; }

    /// <summary>Imports a private key that is plain octets; null where they cannot be such a key.</summary>
    public static EvpPrivateKey? ImportRaw(RawKeyKind kind, ReadOnlySpan<byte> key)
    {
        if (key.Length != kind.KeyLength())
            return null;

        // PKCS #8 around it (RFC 8410 §7): OpenSSL 3.0 puts what it reads from there into its secure heap, where that was set up,
        // and raw octets into ordinary memory.
        Span<byte> encoded = stackalloc byte[MaxRawStart + MaxRawKey];
        try
        {
            byte length = (byte)key.Length;
            ReadOnlySpan<byte> start =
            [
                0x30, (byte)(length + 14), 0x02, 1, 0, 0x30, 5, 0x06, 3, 0x2B, 0x65, kind.ObjectIdentifierEnd(), 0x04, (byte)(length + 2), 0x04, length,
            ];
            start.CopyTo(encoded);
            key.CopyTo(encoded[start.Length..]);
            return Keep(Decode(encoded[..(start.Length + key.Length)]));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(encoded);
        }
    }

    /// <summary>Imports a private key that is plain octets, with the public key that is published as its own; null where
    /// it is another's.</summary>
    public static EvpPrivateKey? ImportRaw(RawKeyKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> publicKey)
    {
        EvpPrivateKey? made = ImportRaw(kind, key);
        if (made is null)
            return null;

        Span<byte> own = stackalloc byte[kind.KeyLength()];
        made.ExportRawPublicKey(own);
        if (own.SequenceEqual(publicKey))
            return made;

        made.Dispose();
        return null;
    }

    /// <summary>Imports a private number of a curve, big-endian; null where it cannot be one.</summary>
    public static EvpPrivateKey? ImportEllipticCurve(EllipticCurve curve, ReadOnlySpan<byte> number) =>
        ImportCurveNumber(curve, number, []);

    /// <summary>Imports a private number of a curve, big-endian, with the point that is published as its own; null where
    /// that is another's, or no point of the curve.</summary>
    /// <param name="curve">The curve.</param>
    /// <param name="number">The secret.</param>
    /// <param name="point">Uncompressed (SEC 1 §2.3.3).</param>
    public static EvpPrivateKey? ImportEllipticCurve(EllipticCurve curve, ReadOnlySpan<byte> number, ReadOnlySpan<byte> point)
    {
        if (point.Length != 1 + 2 * curve.FieldLength() || point[0] != 4)
            return null;

        EvpPrivateKey? made = ImportCurveNumber(curve, number, point);
        if (made is null || made.IsPair())
            return made;

        made.Dispose();
        return null;
    }

    /// <summary>Imports an RSA key; null where its secret numbers don't belong to the public ones or to each other.</summary>
    public static EvpPrivateKey? ImportRsa(RsaPrivateNumbers numbers)
    {
        if (!numbers.AreSane)
            return null;

        byte[] exponents = GC.AllocateArray<byte>(numbers.P.Length + numbers.Q.Length, pinned: true);
        Span<byte> exponentOfP = exponents.AsSpan(0, numbers.P.Length);
        Span<byte> exponentOfQ = exponents.AsSpan(numbers.P.Length);
        try
        {
            if (!numbers.TryComplete(exponentOfP, exponentOfQ))
                return null;

            // libcrypto's coefficient is the inverse of the second factor modulo the first: p and q change places.
            using var parameters = new KeyParameters((8 * numbers.Modulus.Length) + 128);
            parameters.AddNumber("n"u8, numbers.Modulus);
            parameters.AddNumber("e"u8, numbers.Exponent);
            parameters.AddNumber("d"u8, numbers.PrivateExponent);
            parameters.AddNumber("rsa-factor1"u8, numbers.Q);
            parameters.AddNumber("rsa-factor2"u8, numbers.P);
            parameters.AddNumber("rsa-exponent1"u8, exponentOfQ);
            parameters.AddNumber("rsa-exponent2"u8, exponentOfP);
            parameters.AddNumber("rsa-coefficient1"u8, numbers.InverseOfP);
            return Keep(parameters.MakeKey("RSA", SelectKeyPair), numbers.Modulus.Length);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(exponents);
        }
    }

    /// <summary>Makes a fresh RSA key with two primes and the exponent 65537. The randomness is libcrypto's own.</summary>
    /// <param name="bits">Of the modulus: 2048 at least, a multiple of 16.</param>
    /// <exception cref="CryptographicException">libcrypto failed, such as for want of randomness.</exception>
    public static EvpPrivateKey GenerateRsa(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 2048);
        ArgumentOutOfRangeException.ThrowIfNotEqual(bits % 16, 0, nameof(bits));
        using EvpPkeyContextHandle context = OpenSslError.Checked(
            LibCryptoImports.EVP_PKEY_CTX_new_from_name(0, "RSA", null), "EVP_PKEY_CTX_new_from_name");
        OpenSslError.ThrowUnlessOne(LibCryptoImports.EVP_PKEY_keygen_init(context), "EVP_PKEY_keygen_init");
        OpenSslError.ThrowUnlessOne(
            LibCryptoImports.EVP_PKEY_CTX_ctrl_str(context, "rsa_keygen_bits", $"{bits}"), "rsa_keygen_bits");
        return Generate(context, bits / 8);
    }

    /// <summary>Agrees on a secret with another's public key of the same kind or curve.</summary>
    /// <param name="peer">The other's key.</param>
    /// <param name="sharedSecret">Receives the secret, <see cref="EvpPublicKey.SharedSecretLength"/> octets; the
    /// caller clears it.</param>
    /// <exception cref="CryptographicException">The keys don't match, or the secret would be all zeros.</exception>
    public void AgreeWith(EvpPublicKey peer, Span<byte> sharedSecret)
    {
        if (!TryAgreeWith(peer, sharedSecret))
            throw new CryptographicException("The other's key is of another kind, or gives an all-zero shared secret.");
    }

    /// <summary>Agrees on a secret with a stranger's public key, which may be anything; see <see cref="AgreeWith"/>.</summary>
    /// <returns>False, with the secret cleared, where the keys don't match or it would be all zeros.</returns>
    public bool TryAgreeWith(EvpPublicKey peer, Span<byte> sharedSecret)
    {
        using EvpPkeyContextHandle context = NewContext();
        OpenSslError.ThrowUnlessOne(LibCryptoImports.EVP_PKEY_derive_init(context), "EVP_PKEY_derive_init");
        nuint length = (nuint)sharedSecret.Length;
        bool agreed = LibCryptoImports.EVP_PKEY_derive_set_peer(context, peer.Handle) == 1
            && LibCryptoImports.EVP_PKEY_derive(context, sharedSecret, ref length) == 1
            && length == (nuint)sharedSecret.Length;

        // RFC 7748 §6: a peer's key of small order gives zeros whatever our own key is. libcrypto refuses them too,
        // but this must hold under any provider. On the other curves zero is an honest coordinate.
        if (agreed && !(peer.IsRaw && !sharedSecret.ContainsAnyExcept((byte)0)))
            return true;

        OpenSslError.Forget();
        CryptographicOperations.ZeroMemory(sharedSecret);
        return false;
    }

    /// <summary>The RSA private operation without unpadding (RFC 8017 §5.1.2), blinded: what comes out is not looked at
    /// here, so nothing of it shows.</summary>
    /// <param name="ciphertext">Big-endian; leading zeros may be missing, as in OpenPGP's numbers.</param>
    /// <param name="block">Receives <see cref="ModulusLength"/> octets; the caller clears them.</param>
    /// <returns>False where the ciphertext is no number below the modulus, which everybody can see.</returns>
    /// <exception cref="CryptographicException">libcrypto refused to begin.</exception>
    public bool TryDecryptWithoutPadding(ReadOnlySpan<byte> ciphertext, Span<byte> block)
    {
        ArgumentOutOfRangeException.ThrowIfZero(ModulusLength);
        ArgumentOutOfRangeException.ThrowIfNotEqual(block.Length, ModulusLength);
        ciphertext = ciphertext.TrimStart((byte)0);
        if (ciphertext.Length > ModulusLength)
            return false;

        Span<byte> padded = new byte[ModulusLength];
        ciphertext.CopyTo(padded[(padded.Length - ciphertext.Length)..]);

        using EvpPkeyContextHandle context = NewContext();
        OpenSslError.ThrowUnlessOne(LibCryptoImports.EVP_PKEY_decrypt_init(context), "EVP_PKEY_decrypt_init");
        OpenSslError.ThrowUnlessOne(
            LibCryptoImports.EVP_PKEY_CTX_ctrl_str(context, "rsa_padding_mode", "none"), "rsa_padding_mode");
        nuint written = (nuint)block.Length;
        if (LibCryptoImports.EVP_PKEY_decrypt(context, block, ref written, padded, (nuint)padded.Length) == 1
            && written == (nuint)block.Length)
            return true;

        OpenSslError.Forget();
        CryptographicOperations.ZeroMemory(block);
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    /// <summary>Makes a fresh key of the same kind and curve as <paramref name="publicKey"/>.</summary>
    internal static EvpPrivateKey GenerateLike(EvpPublicKey publicKey)
    {
        using EvpPkeyContextHandle context = publicKey.NewContext();
        OpenSslError.ThrowUnlessOne(LibCryptoImports.EVP_PKEY_keygen_init(context), "EVP_PKEY_keygen_init");
        return Generate(context);
    }

    /// <summary>Writes the public part: the raw key, or the uncompressed point, filling <paramref name="destination"/>.</summary>
    internal void ExportPublicKey(Span<byte> destination)
    {
        OpenSslError.ThrowUnlessOne(
            LibCryptoImports.EVP_PKEY_get_octet_string_param(
                Handle, "encoded-pub-key\0"u8, destination, (nuint)destination.Length, out nuint length),
            "EVP_PKEY_get_octet_string_param");
        if (length != (nuint)destination.Length)
            throw new CryptographicException("A fresh public key has another length than its kind.");
    }

    internal EvpPkeyContextHandle NewContext() =>
        OpenSslError.Checked(LibCryptoImports.EVP_PKEY_CTX_new_from_pkey(0, Handle, null), "EVP_PKEY_CTX_new_from_pkey");

    private static EvpPrivateKey Generate(EvpPkeyContextHandle context, int modulusLength = 0)
    {
        int result = LibCryptoImports.EVP_PKEY_generate(context, out EvpPkeyHandle made);
        if (result == 1 && !made.IsInvalid)
            return new EvpPrivateKey(made, modulusLength);

        made.Dispose();
        throw OpenSslError.Make("EVP_PKEY_generate");
    }

    private static EvpPrivateKey? ImportCurveNumber(EllipticCurve curve, ReadOnlySpan<byte> number, ReadOnlySpan<byte> point)
    {
        number = number.TrimStart((byte)0);
        if (number.Length == 0 || number.Length > curve.FieldLength())
            return null;

        using var parameters = new KeyParameters(number.Length + point.Length + 64);
        parameters.AddText("group"u8, curve.OpenSslName());
        parameters.AddNumber("priv"u8, number);
        if (!point.IsEmpty)
            parameters.AddOctets("pub"u8, point);
        return Keep(parameters.MakeKey("EC", SelectKeyPair));
    }

    private static unsafe EvpPkeyHandle Decode(ReadOnlySpan<byte> encoded)
    {
        fixed (byte* start = encoded)
        {
            byte* position = start;
            return LibCryptoImports.d2i_AutoPrivateKey(0, ref position, encoded.Length);
        }
    }

    private static EvpPrivateKey? Keep(EvpPkeyHandle handle, int modulusLength = 0)
    {
        if (!handle.IsInvalid)
            return new EvpPrivateKey(handle, modulusLength);

        handle.Dispose();
        OpenSslError.Forget();
        return null;
    }

    /// <summary>Whether public and private part belong together, and the one is on the curve, the other in range.</summary>
    private bool IsPair()
    {
        using EvpPkeyContextHandle context = NewContext();
        bool pair = LibCryptoImports.EVP_PKEY_pairwise_check(context) == 1;
        OpenSslError.Forget();
        return pair;
    }
}
