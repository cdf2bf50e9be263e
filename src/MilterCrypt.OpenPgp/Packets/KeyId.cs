using System.Buffers.Binary;
using System.Globalization;

namespace MilterCrypt.OpenPgp.Packets;

/// <summary>The 64-bit short name of a key (RFC 9580 §5.5.4): good to find candidates, never to trust one, since
/// anybody can make two keys that share it.</summary>
/// <param name="Value">The eight octets as a big-endian number.</param>
public readonly record struct KeyId(ulong Value)
{
    /// <summary>The octets that a key ID takes on the wire.</summary>
    public const int Length = 8;

    /// <summary>Whether this is the all-zero ID that stands for an anonymous recipient (RFC 9580 §5.1.8).</summary>
    public bool IsWildcard => Value == 0;

    /// <summary>Reads the eight octets of a wire form.</summary>
    public static KeyId FromBytes(ReadOnlySpan<byte> octets) => new(BinaryPrimitives.ReadUInt64BigEndian(octets));

    /// <summary>Writes the eight octets to the front of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt64BigEndian(destination, Value);

    /// <summary>Sixteen upper-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("X16", CultureInfo.InvariantCulture);
}
