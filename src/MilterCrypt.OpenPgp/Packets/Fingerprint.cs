using System.Diagnostics.CodeAnalysis;

namespace MilterCrypt.OpenPgp.Packets;

/// <summary>The name of a key that can't be forged: a hash over its packet (RFC 9580 §5.5.4). Immutable, compared by
/// value, usable as a dictionary key.</summary>
public sealed class Fingerprint : IEquatable<Fingerprint>
{
    /// <summary>The octets of a version 4 fingerprint.</summary>
    public const int LengthV4 = 20;

    /// <summary>The octets of a version 6 fingerprint.</summary>
    public const int LengthV6 = 32;

    private readonly byte[] octets;

    private Fingerprint(byte[] octets) => this.octets = octets;

    /// <summary>The version of the key that it names: 4 or 6.</summary>
    public int KeyVersion => octets.Length == LengthV4 ? 4 : 6;

    /// <summary>The hash: 20 octets for version 4, 32 for version 6.</summary>
    public ReadOnlySpan<byte> Octets => octets;

    /// <summary>The short name made from it: the last eight octets for version 4, the first eight for version 6.</summary>
    public KeyId KeyId => KeyId.FromBytes(KeyVersion == 4 ? octets.AsSpan(LengthV4 - KeyId.Length) : octets);

    /// <summary>Takes a copy of 20 or 32 octets.</summary>
    /// <exception cref="ArgumentException">Another number of octets.</exception>
    public static Fingerprint FromBytes(ReadOnlySpan<byte> octets)
    {
        if (octets.Length is not (LengthV4 or LengthV6))
            throw new ArgumentException("A fingerprint has 20 or 32 octets.", nameof(octets));
        return new Fingerprint(octets.ToArray());
    }

    /// <summary>Reads what people write: hexadecimal digits in either case, with blanks between them or a leading 0x.</summary>
    /// <returns>False where it is not 40 or 64 digits.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out Fingerprint? fingerprint)
    {
        fingerprint = null;
        if (text.Length > 128)
            return false;

        string digits = text.Replace(" ", "", StringComparison.Ordinal);
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            digits = digits[2..];
        if (digits.Length is not (2 * LengthV4 or 2 * LengthV6) || !digits.All(char.IsAsciiHexDigit))
            return false;

        fingerprint = new Fingerprint(Convert.FromHexString(digits));
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(Fingerprint? other) => other is not null && octets.AsSpan().SequenceEqual(other.octets);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Fingerprint);

    /// <summary>The key ID: whoever makes two keys share it makes only his own look-ups slower.</summary>
    public override int GetHashCode() => KeyId.GetHashCode();

    /// <summary>Upper-case hexadecimal digits without blanks.</summary>
    public override string ToString() => Convert.ToHexString(octets);
}
