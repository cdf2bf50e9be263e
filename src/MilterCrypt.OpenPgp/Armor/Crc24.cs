using System.Buffers.Binary;

namespace MilterCrypt.OpenPgp.Armor;

/// <summary>The checksum of armor (RFC 9580 §6.1), over data that comes in pieces. Carry-less multiplication where the
/// processor has it, else eight octets a step: octet by octet it would cost as much as encrypting.</summary>
internal struct Crc24
{
    private const uint Initial = 0xB704CE;
    private const int Steps = 8;

    private static readonly uint[] Table = MakeTable();

    // The register is kept in the upper 24 bits, so that no step needs a mask.
    private uint register;

    /// <summary>Begins a checksum.</summary>
    public Crc24() => register = Initial << 8;

    /// <summary>The checksum of what was added so far, 24 bits.</summary>
    public readonly uint Value => register >> 8;

    /// <summary>Adds data.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        if (Crc24Folding.IsSupported && data.Length >= Crc24Folding.MinLength)
        {
            Span<byte> folded = stackalloc byte[Crc24Folding.FoldedLength];
            data = Crc24Folding.Fold(data, register, folded);
            register = AppendByTable(0, folded);
        }

        register = AppendByTable(register, data);
    }

    /// <summary>Adds data by table alone; what <see cref="Append"/> does without the processor's help.</summary>
    internal static uint AppendByTable(uint register, ReadOnlySpan<byte> data)
    {
        uint[] table = Table;
        while (data.Length >= Steps)
        {
            ulong block = BinaryPrimitives.ReadUInt64BigEndian(data);
            uint high = (uint)(block >> 32) ^ register;
            uint low = (uint)block;
            register = table[(7 * 256) + (int)(high >> 24)] ^ table[(6 * 256) + (byte)(high >> 16)]
                ^ table[(5 * 256) + (byte)(high >> 8)] ^ table[(4 * 256) + (byte)high]
                ^ table[(3 * 256) + (int)(low >> 24)] ^ table[(2 * 256) + (byte)(low >> 16)]
                ^ table[256 + (byte)(low >> 8)] ^ table[(byte)low];
            data = data[Steps..];
        }

        foreach (byte octet in data)
            register = (register << 8) ^ table[(byte)((register >> 24) ^ octet)];
        return register;
    }

    /// <summary>Row n says what an octet does to the register n octets later.</summary>
    private static uint[] MakeTable()
    {
        uint[] table = new uint[Steps * 256];
        for (uint octet = 0; octet < 256; octet++)
        {
            uint value = octet << 24;
            for (int bit = 0; bit < 8; bit++)
                value = (value & 0x80000000) == 0 ? value << 1 : (value << 1) ^ (Crc24Folding.Polynomial << 8);
            table[octet] = value;
        }

        for (int i = 256; i < table.Length; i++)
            table[i] = (table[i - 256] << 8) ^ table[(int)(table[i - 256] >> 24)];
        return table;
    }
}
