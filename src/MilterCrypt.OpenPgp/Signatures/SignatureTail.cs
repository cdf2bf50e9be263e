using System.Buffers.Binary;

namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>What follows the subpackets of a signature.</summary>
/// <param name="DigestPrefix">The first two octets of the digest.</param>
/// <param name="Salt">The salt of version 6; empty in version 4.</param>
/// <param name="Values">The algorithm's own numbers.</param>
internal readonly record struct SignatureTail(ushort DigestPrefix, ReadOnlyMemory<byte> Salt, ReadOnlyMemory<byte> Values)
{
    /// <summary>Reads all of <paramref name="octets"/>; false where they are cut short.</summary>
    public static bool TryRead(int version, ReadOnlyMemory<byte> octets, out SignatureTail tail)
    {
        tail = default;
        if (octets.Length < 2)
            return false;
        ushort prefix = BinaryPrimitives.ReadUInt16BigEndian(octets.Span);
        var rest = octets[2..];
        ReadOnlyMemory<byte> salt = default;
        if (version == 6)
        {
            if (rest.IsEmpty || rest.Length - 1 < rest.Span[0])
                return false;
            salt = rest.Slice(1, rest.Span[0]);
            rest = rest[(1 + salt.Length)..];
        }

        tail = new SignatureTail(prefix, salt, rest);
        return true;
    }
}
