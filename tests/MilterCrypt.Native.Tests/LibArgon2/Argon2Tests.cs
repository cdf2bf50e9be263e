using MilterCrypt.Native.LibArgon2;

namespace MilterCrypt.Native.Tests.LibArgon2;

public sealed class Argon2Tests
{
    private static readonly byte[] Salt = [.. Enumerable.Repeat((byte)2, 16)];

    /// <summary>RFC 9106 §5.3.</summary>
    [Fact]
    public void TheStandardsVectorComesOut()
    {
        byte[] passphrase = [.. Enumerable.Repeat((byte)1, 32)], secret = [.. Enumerable.Repeat((byte)3, 8)];
        byte[] data = [.. Enumerable.Repeat((byte)4, 12)], key = new byte[32];
        Assert.True(Argon2.TryDeriveKey(passphrase, Salt, secret, data, new Argon2Cost(3, 4, 32), key, out string? reason), reason);
        Assert.Equal("0D640DF58D78766C08C037A34A8B53C9D01EF0452D75B65EB52520E96B01E659", Convert.ToHexString(key));
    }

    /// <summary>The reference implementation's own test vectors for version 1.3.</summary>
    [Theory]
    [InlineData("password", "somesalt", 2, 1, 65536, "09316115D5CF24ED5A15A31A3BA326E5CF32EDC24702987C02B6566F61913CF7")]
    [InlineData("password", "somesalt", 2, 1, 256, "9DFEB910E80BAD0311FEE20F9C0E2B12C17987B4CAC90C2EF54D5B3021C68BFE")]
    [InlineData("password", "somesalt", 2, 2, 256, "6D093C501FD5999645E0EA3BF620D7B8BE7FD2DB59C20D9FFF9539DA2BF57037")]
    [InlineData("differentpassword", "somesalt", 2, 1, 65536, "0B84D652CF6B0C4BEAEF0DFE278BA6A80DF6696281D7E0D2891B817D8C458FDE")]
    public void TheReferenceImplementationsVectorsComeOut(string passphrase, string salt, int passes, int lanes, int memory, string expected)
    {
        byte[] key = new byte[32];
        Assert.True(
            Argon2.TryDeriveKey(Ascii(passphrase), Ascii(salt), new Argon2Cost(passes, lanes, memory), key, out string? reason), reason);
        Assert.Equal(expected, Convert.ToHexString(key));
    }

    [Theory]
    [InlineData(0, 1, 64, "Time cost is too small")]
    [InlineData(1, 0, 64, "Too few lanes")]
    [InlineData(1, 4, 31, "Memory cost is too small")]
    [InlineData(1, 1, 0, "Memory cost is too small")]
    public void ParametersThatTheStandardLacksAreRefusedInWords(int passes, int lanes, int memory, string expected)
    {
        byte[] key = [1, 2, 3, 4, 5, 6, 7, 8];
        Assert.False(Argon2.TryDeriveKey("secret"u8, Salt, new Argon2Cost(passes, lanes, memory), key, out string? reason));
        Assert.Equal("Argon2: " + expected, reason);
        Assert.Equal(new byte[8], key);
    }

    [Fact]
    public void ShortSaltsAndKeysAreRefusedInWords()
    {
        var cost = new Argon2Cost(1, 1, 8);
        Assert.False(Argon2.TryDeriveKey("secret"u8, new byte[7], cost, new byte[16], out string? reason));
        Assert.Equal("Argon2: Salt is too short", reason);
        Assert.False(Argon2.TryDeriveKey("secret"u8, Salt, cost, new byte[3], out reason));
        Assert.Equal("Argon2: Output is too short", reason);
        Assert.True(Argon2.TryDeriveKey([], Salt, cost, new byte[16], out _));
    }

    /// <summary>2 TiB: more than the machine has, and Linux says so unless it was told never to.</summary>
    [Fact]
    public void MemoryThatTheMachineLacksIsNoException()
    {
        if (File.ReadAllText("/proc/sys/vm/overcommit_memory").Trim() == "1" || GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > 1L << 40)
            Assert.Skip("This machine gives any amount of memory.");

        Assert.False(Argon2.TryDeriveKey("secret"u8, Salt, new Argon2Cost(1, 1, int.MaxValue), new byte[16], out string? reason));
        Assert.Equal("Argon2: Memory allocation error", reason);
    }

    private static byte[] Ascii(string text) => System.Text.Encoding.ASCII.GetBytes(text);
}
