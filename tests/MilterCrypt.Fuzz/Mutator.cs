using System.Buffers.Binary;

namespace MilterCrypt.Fuzz;

/// <summary>Makes new inputs of old ones. The same seed makes the same inputs of the same ones.</summary>
internal sealed class Mutator(Random random, int maxLength)
{
    private static readonly uint[] Numbers =
        [0, 1, 2, 4, 5, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 0x10000, 0x10001, 0xFFFFF, 0x100000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF];

    private static readonly byte[][] Words =
    [
        "\0"u8.ToArray(), "\0\0"u8.ToArray(), "\r\n"u8.ToArray(), "\n"u8.ToArray(), "\r"u8.ToArray(), "\r\n\r\n"u8.ToArray(), "<>"u8.ToArray(), "<"u8.ToArray(),
        ">"u8.ToArray(), "\""u8.ToArray(), "\\"u8.ToArray(), "@"u8.ToArray(), "%"u8.ToArray(), "="u8.ToArray(), "+"u8.ToArray(), "+00"u8.ToArray(), "\\x{10FFFF}"u8.ToArray(),
        "{i}"u8.ToArray(), "SIZE="u8.ToArray(), "NOTIFY="u8.ToArray(), "ORCPT=rfc822;"u8.ToArray(), "RET="u8.ToArray(), "IPv6:"u8.ToArray(), "-----BEGIN PGP"u8.ToArray(),
        "-----END PGP"u8.ToArray(), "-----"u8.ToArray(), "=AAAA"u8.ToArray(), ": "u8.ToArray(), "- "u8.ToArray(), "\u00fc"u8.ToArray(), [0xC3], [0xFF, 0xFE], [0xC1], [0xD2],
    ];

    /// <summary>A changed copy of one input, which may get a piece of another.</summary>
    public byte[] Mutate(byte[] input, byte[] other)
    {
        var bytes = new List<byte>(input);
        for (int i = 1 << random.Next(4); i > 0; i--)
            MutateOnce(bytes, other);
        if (bytes.Count > maxLength)
            bytes.RemoveRange(maxLength, bytes.Count - maxLength);
        return [.. bytes];
    }

    private void MutateOnce(List<byte> bytes, byte[] other)
    {
        int at = random.Next(bytes.Count + 1);
        int length = Math.Min(1 + random.Next(1 << random.Next(1, 8)), bytes.Count - at);
        switch (random.Next(12))
        {
            case 0 or 1 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 3 when at < bytes.Count:
                bytes[at] = (byte)(bytes[at] + random.Next(-8, 9));
                break;
            case 4:
                bytes.RemoveRange(at, length);
                break;
            case 5:
                bytes.InsertRange(random.Next(bytes.Count + 1), [.. bytes.Skip(at).Take(length)]);
                break;
            case 6:
                Replace(bytes, at, Words[random.Next(Words.Length)], random.Next(2) == 0);
                break;
            case 7:
                Replace(bytes, at, Number(), random.Next(4) > 0);
                break;
            case 8 when other.Length > 0:
                int from = random.Next(other.Length);
                Replace(bytes, at, other.AsSpan(from, 1 + random.Next(other.Length - from)), random.Next(2) == 0);
                break;
            case 9 when random.Next(8) == 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 10 when random.Next(16) == 0:
                // Much of the same: what is quadratic shows.
                bytes.InsertRange(at, Enumerable.Repeat(bytes.Skip(at).Take(length), random.Next(maxLength / 2) / Math.Max(length, 1)).SelectMany(piece => piece).ToArray());
                break;
            default:
                bytes.Insert(at, (byte)random.Next(256));
                break;
        }
    }

    private byte[] Number()
    {
        uint number = Numbers[random.Next(Numbers.Length)];
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes[(random.Next(3) switch { 0 => 0, 1 => 2, _ => 3 })..];
    }

    private static void Replace(List<byte> bytes, int at, ReadOnlySpan<byte> with, bool over)
    {
        if (over)
            bytes.RemoveRange(at, Math.Min(with.Length, bytes.Count - at));
        bytes.InsertRange(at, with);
    }
}
