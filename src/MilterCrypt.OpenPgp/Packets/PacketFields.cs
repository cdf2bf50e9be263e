using System.Buffers;
using System.Buffers.Binary;

namespace MilterCrypt.OpenPgp.Packets;

/// <summary>Writes what packet bodies are made of.</summary>
internal static class PacketFields
{
    /// <summary>Writes octets as they are.</summary>
    internal static void WriteOctets(this IBufferWriter<byte> output, params ReadOnlySpan<byte> octets) => output.Write(octets);

    /// <summary>Writes a big-endian number as packets carry it (RFC 9580 §3.2); leading zeros are left out.</summary>
    internal static void WriteNumber(this IBufferWriter<byte> output, ReadOnlySpan<byte> number)
    {
        int bits = Mpi.BitLength(number);
        Span<byte> count = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(count, (ushort)bits);
        output.Write(count);
        output.Write(number[^((bits + 7) / 8)..]);
    }
}
