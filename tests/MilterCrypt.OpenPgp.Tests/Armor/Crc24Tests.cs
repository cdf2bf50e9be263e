using MilterCrypt.OpenPgp.Armor;

namespace MilterCrypt.OpenPgp.Tests.Armor;

public sealed class Crc24Tests
{
    [Fact]
    public void TheCheckValueOfTheAlgorithmComesOut()
    {
        var checksum = new Crc24();
        checksum.Append("123456789"u8);
        Assert.Equal(0x21CF02u, checksum.Value);
    }

    [Fact]
    public void NothingHasTheInitialValue() => Assert.Equal(0xB704CEu, new Crc24().Value);

    [Fact]
    public void HowItIsCutMakesNoDifference()
    {
        byte[] data = new byte[1000];
        new Random(1).NextBytes(data);
        for (int length = 0; length < 40; length++)
        {
            var whole = new Crc24();
            whole.Append(data);
            var pieces = new Crc24();
            pieces.Append(data.AsSpan(0, length));
            pieces.Append(data.AsSpan(length, 3));
            pieces.Append(data.AsSpan(length + 3));
            Assert.Equal(BitByBit(data), whole.Value);
            Assert.Equal(whole.Value, pieces.Value);
        }
    }

    [Fact]
    public void TheProcessorsInstructionsAndTheTableAgree()
    {
        if (!Crc24Folding.IsSupported)
            Assert.Skip("This processor has no carry-less multiplication.");

        for (int length = 0; length < 700; length++)
        {
            byte[] data = new byte[length];
            new Random(length).NextBytes(data);
            var checksum = new Crc24();
            checksum.Append([1, 2, 3]);
            uint register = checksum.Value << 8;
            checksum.Append(data);
            Assert.Equal(Crc24.AppendByTable(register, data) >> 8, checksum.Value);
        }
    }

    // RFC 9580 §6.1.1, as printed there.
    private static uint BitByBit(byte[] data)
    {
        uint crc = 0xB704CE;
        foreach (byte octet in data)
        {
            crc ^= (uint)octet << 16;
            for (int i = 0; i < 8; i++)
            {
                crc <<= 1;
                if ((crc & 0x1000000) != 0)
                    crc ^= 0x1864CFB;
            }
        }

        return crc & 0xFFFFFF;
    }
}
