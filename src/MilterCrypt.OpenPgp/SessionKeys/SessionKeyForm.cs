using System.Buffers.Binary;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.SessionKeys;

/// <summary>Says whether session-key packets are what they claim to be, octet by octet, as far as that can be seen without
/// a secret: what has another form holds no session key, and may hold text.</summary>
internal static class SessionKeyForm
{
    /// <summary>Octets of the longest packet body: two numbers for the largest ElGamal key.</summary>
    internal const int MaxLength = 1 + 2 + Fingerprint.LengthV6 + 1 + (2 * (2 + (Mpi.MaxBits / 8)));

    /// <summary>Octets of the longest body for a passphrase: version 6 with Argon2, AES-256 and a tag (RFC 9580 §5.3.2).</summary>
    internal const int MaxPassphraseLength = 5 + 20 + 16 + 32 + 16;

    // A 1024-bit key, the smallest still met, makes numbers that begin with some zeros now and then.
    private const int MinNumberBits = 960;

    // AES key wrap adds 8 octets (RFC 3394 §2.2.1).
    private const int MinWrapped = 16 + 8;
    private const int MaxWrapped = 32 + 8;

    // ECDH pads what it wraps to a multiple of 8, at least cipher, key and checksum (RFC 9580 §11.5).
    private const int MinPaddedWrapped = 24 + 8;
    private const int MaxPaddedWrapped = 56 + 8;

    /// <summary>Whether the fields from the algorithm on are a session key encrypted to a key (RFC 9580 §5.1.3 to §5.1.7),
    /// from the first octet to the last.</summary>
    /// <param name="version">The packet's version.</param>
    /// <param name="fields">The algorithm and what follows.</param>
    internal static bool IsEncryptedKey(int version, ReadOnlySpan<byte> fields)
    {
        if (fields.IsEmpty)
            return false;

        var rest = fields[1..];
        return (PublicKeyAlgorithm)fields[0] switch
        {
            PublicKeyAlgorithm.Rsa or PublicKeyAlgorithm.RsaEncryptOnly => TakeNumber(ref rest) && rest.IsEmpty,
            PublicKeyAlgorithm.ElGamal => TakeNumber(ref rest) && TakeNumber(ref rest) && rest.IsEmpty,
            PublicKeyAlgorithm.Ecdh => TakePoint(ref rest) && IsWrapped(rest, MinPaddedWrapped, MaxPaddedWrapped),
            PublicKeyAlgorithm.X25519 => IsNativeCurve(version, rest, 32),
            PublicKeyAlgorithm.X448 => IsNativeCurve(version, rest, 56),
            _ => false,
        };
    }

    private static bool TakeNumber(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 2)
            return false;
        int bits = BinaryPrimitives.ReadUInt16BigEndian(rest);
        int length = 2 + ((bits + 7) / 8);
        if (bits is < MinNumberBits or > Mpi.MaxBits || rest.Length < length)
            return false;
        rest = rest[length..];
        return true;
    }

    // An uncompressed point of a known curve, or 0x40 and the 32 octets of Curve25519 (RFC 9580 §11.2).
    private static bool TakePoint(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 3)
            return false;
        int bits = BinaryPrimitives.ReadUInt16BigEndian(rest);
        int length = (bits + 7) / 8;
        bool known = (rest[2], length) is (0x40, 1 + 32) or (0x04, 1 + (2 * 32) or 1 + (2 * 48) or 1 + (2 * 64) or 1 + (2 * 66));
        if (!known || rest.Length < 2 + length)
            return false;
        rest = rest[(2 + length)..];
        return true;
    }

    private static bool IsNativeCurve(int version, ReadOnlySpan<byte> rest, int pointLength)
    {
        if (rest.Length < pointLength + 2)
            return false;
        rest = rest[pointLength..];

        // Version 3 packets name the cipher here, outside the encryption (RFC 9580 §5.1.6).
        if (version == 6)
            return IsWrapped(rest, MinWrapped, MaxWrapped);
        return rest[0] == rest.Length - 1 && rest.Length - 2 is MinWrapped or 32 or MaxWrapped;
    }

    private static bool IsWrapped(ReadOnlySpan<byte> rest, int min, int max) =>
        rest is [var length, .. var wrapped] && length == wrapped.Length && length % 8 == 0 && length >= min && length <= max;
}
