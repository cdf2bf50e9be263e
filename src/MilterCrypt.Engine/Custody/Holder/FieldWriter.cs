using System.Buffers.Binary;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>Writes a frame's content, field by field, as <see cref="FieldReader"/> reads it.</summary>
internal ref struct FieldWriter(Span<byte> destination)
{
    private Span<byte> rest = destination;

    public static int LengthOf(Fingerprint fingerprint) => 1 + fingerprint.Octets.Length;

    public void Octet(int octet)
    {
        rest[0] = (byte)octet;
        rest = rest[1..];
    }

    public void Few(scoped ReadOnlySpan<byte> octets)
    {
        Octet(octets.Length);
        Put(octets);
    }

    public void Many(scoped ReadOnlySpan<byte> octets)
    {
        Short(octets.Length);
        Put(octets);
    }

    public void Short(int number)
    {
        BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)number);
        rest = rest[sizeof(ushort)..];
    }

    public void Fingerprint(Fingerprint fingerprint) => Few(fingerprint.Octets);

    /// <summary>Octets, with zeros up to a length.</summary>
    public void Padded(scoped ReadOnlySpan<byte> octets, int length)
    {
        rest[..length].Clear();
        octets.CopyTo(rest);
        rest = rest[length..];
    }

    public void Put(scoped ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(rest);
        rest = rest[octets.Length..];
    }
}
