using System.Security.Cryptography;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>A public key held by libcrypto: made once per key and kept, since making it costs as much as using it.
/// Owned by whoever imported it; usable from several threads at once.</summary>
public sealed class EvpPublicKey : IDisposable
{
    // What an honest key never exceeds, and libcrypto itself refuses later; checked before numbers are copied.
    private const int MaxModulusLength = 16384 / 8;
    private const int MaxExponentLength = 8;
    private const int MaxDsaLength = 10000 / 8;

    private const int SelectPublicKey = 0x86; // EVP_PKEY_PUBLIC_KEY

    private readonly KeyShape shape;

    private EvpPublicKey(EvpPkeyHandle handle, KeyShape shape)
    {
        Handle = handle;
        this.shape = shape;
    }

    /// <summary>Octets of an ephemeral public key for <see cref="AgreeWithEphemeralKey"/>: the raw key, or the
    /// uncompressed point. 0 where this kind of key agrees on nothing.</summary>
    public int EphemeralKeyLength => shape.PublicLength;

    /// <summary>Octets of the secret that <see cref="AgreeWithEphemeralKey"/> makes.</summary>
    public int SharedSecretLength => shape.SecretLength;

    /// <summary>Octets of an RSA modulus, and so of what <see cref="EncryptPkcs1"/> writes.</summary>
    public int ModulusLength => shape.ModulusLength;

    internal EvpPkeyHandle Handle { get; }

    /// <summary>Whether this is an X25519 or X448 key, whose octets are both key and secret.</summary>
    internal bool IsRaw => shape.SecretLength > 0 && shape.SecretLength == shape.PublicLength;

    /// <summary>Imports a key that is plain octets; null where they cannot be such a key.</summary>
    public static EvpPublicKey? ImportRaw(RawKeyKind kind, ReadOnlySpan<byte> key)
    {
        if (key.Length != kind.KeyLength())
            return null;

        EvpPkeyHandle handle = LibCryptoImports.EVP_PKEY_new_raw_public_key_ex(0, kind.OpenSslName(), null, key, (nuint)key.Length);
        KeyShape shape = kind is RawKeyKind.X25519 or RawKeyKind.X448
            ? new KeyShape(PublicLength: key.Length, SecretLength: key.Length, ModulusLength: 0)
            : default;
        return Keep(handle, shape);
    }

    /// <summary>Imports an RSA key; null where the numbers cannot be one.</summary>
    /// <param name="modulus">Big-endian, at most 16384 bits.</param>
    /// <param name="exponent">Big-endian, at most 64 bits: a longer one only makes each use slower.</param>
    public static EvpPublicKey? ImportRsa(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent)
    {
        modulus = modulus.TrimStart((byte)0);
        exponent = exponent.TrimStart((byte)0);
        bool sane = modulus.Length is > 0 and <= MaxModulusLength && exponent.Length is > 0 and <= MaxExponentLength
            && (modulus[^1] & 1) == 1 && (exponent[^1] & 1) == 1 && !(exponent.Length == 1 && exponent[0] == 1);
        if (!sane)
            return null;

        using var parameters = new KeyParameters(modulus.Length + exponent.Length + 16);
        parameters.AddNumber("n"u8, modulus);
        parameters.AddNumber("e"u8, exponent);
        return Keep(parameters.MakeKey("RSA", SelectPublicKey), new KeyShape(0, 0, modulus.Length));
    }

    /// <summary>Imports a point of a curve; null where it is not on the curve, or this system has no such curve
    /// (Brainpool is missing from some).</summary>
    /// <param name="curve">The curve.</param>
    /// <param name="point">Uncompressed (SEC 1 §2.3.3).</param>
    public static EvpPublicKey? ImportEllipticCurve(EllipticCurve curve, ReadOnlySpan<byte> point)
    {
        if (point.Length != 1 + 2 * curve.FieldLength() || point[0] != 4)
            return null;

        using var parameters = new KeyParameters(point.Length + 64);
        parameters.AddText("group"u8, curve.OpenSslName());
        parameters.AddOctets("pub"u8, point);
        EvpPublicKey? key = Keep(parameters.MakeKey("EC", SelectPublicKey), new KeyShape(point.Length, curve.FieldLength(), 0));
        if (key is null || key.IsOnItsCurve())
            return key;

        key.Dispose();
        return null;
    }

    /// <summary>Imports a DSA key, which is only ever used to verify; null where the numbers cannot be one.</summary>
    public static EvpPublicKey? ImportDsa(
        ReadOnlySpan<byte> p, ReadOnlySpan<byte> q, ReadOnlySpan<byte> g, ReadOnlySpan<byte> y)
    {
        p = p.TrimStart((byte)0);
        q = q.TrimStart((byte)0);
        g = g.TrimStart((byte)0);
        y = y.TrimStart((byte)0);
        // libcrypto wants q of 160, 224 or 256 bits when it verifies; an even p stops its modular arithmetic.
        bool sane = p.Length is > 0 and <= MaxDsaLength && (p[^1] & 1) == 1 && q.Length is > 0 and <= 32
            && g.Length is > 0 && g.Length <= p.Length && y.Length is > 0 && y.Length <= p.Length;
        if (!sane)
            return null;

        using var parameters = new KeyParameters(p.Length + q.Length + g.Length + y.Length + 32);
        parameters.AddNumber("p"u8, p);
        parameters.AddNumber("q"u8, q);
        parameters.AddNumber("g"u8, g);
        parameters.AddNumber("pub"u8, y);
        return Keep(parameters.MakeKey("DSA", SelectPublicKey), default);
    }

    /// <summary>Makes a fresh key pair of this key's kind and agrees on a secret with it (RFC 7748 §6, SEC 1 §3.3.1).</summary>
    /// <param name="ephemeralKey">Receives the fresh public key, <see cref="EphemeralKeyLength"/> octets.</param>
    /// <param name="sharedSecret">Receives the secret, <see cref="SharedSecretLength"/> octets; the caller clears it.</param>
    /// <exception cref="CryptographicException">The secret would be all zeros (a key of small order), or the
    /// system's random number generator fails.</exception>
    public void AgreeWithEphemeralKey(Span<byte> ephemeralKey, Span<byte> sharedSecret)
    {
        using EvpPrivateKey ephemeral = EvpPrivateKey.GenerateLike(this);
        ephemeral.ExportPublicKey(ephemeralKey);
        ephemeral.AgreeWith(this, sharedSecret);
    }

    /// <summary>Encrypts with RSAES-PKCS1-v1_5 (RFC 8017 §7.2.1).</summary>
    /// <param name="plaintext">At most <see cref="ModulusLength"/> - 11 octets.</param>
    /// <param name="ciphertext">Receives <see cref="ModulusLength"/> octets.</param>
    /// <exception cref="CryptographicException">libcrypto refused.</exception>
    public void EncryptPkcs1(ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        using EvpPkeyContextHandle context = NewContext();
        OpenSslError.ThrowUnlessOne(LibCryptoImports.EVP_PKEY_encrypt_init(context), "EVP_PKEY_encrypt_init");
        OpenSslError.ThrowUnlessOne(
            LibCryptoImports.EVP_PKEY_CTX_ctrl_str(context, "rsa_padding_mode", "pkcs1"), "rsa_padding_mode");
        nuint written = (nuint)ciphertext.Length;
        OpenSslError.ThrowUnlessOne(
            LibCryptoImports.EVP_PKEY_encrypt(context, ciphertext, ref written, plaintext, (nuint)plaintext.Length),
            "EVP_PKEY_encrypt");
        if (written != (nuint)ModulusLength)
            throw new CryptographicException("EVP_PKEY_encrypt wrote another length than the modulus has.");
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    internal EvpPkeyContextHandle NewContext() =>
        OpenSslError.Checked(LibCryptoImports.EVP_PKEY_CTX_new_from_pkey(0, Handle, null), "EVP_PKEY_CTX_new_from_pkey");

    private static EvpPublicKey? Keep(EvpPkeyHandle handle, KeyShape shape)
    {
        if (!handle.IsInvalid)
            return new EvpPublicKey(handle, shape);

        handle.Dispose();
        OpenSslError.Forget();
        return null;
    }

    private bool IsOnItsCurve()
    {
        using EvpPkeyContextHandle context = NewContext();
        bool onCurve = LibCryptoImports.EVP_PKEY_public_check(context) == 1;
        OpenSslError.Forget();
        return onCurve;
    }

    /// <summary>The lengths that follow from the kind of key; 0 where the kind has no such thing.</summary>
    private readonly record struct KeyShape(int PublicLength, int SecretLength, int ModulusLength);
}
