using MilterCrypt.Native.Compression;
using MilterCrypt.Native.LibZ;
using MilterCrypt.Native.Tests.Compression;

namespace MilterCrypt.Native.Tests.LibZ;

public sealed class InflaterTests
{
    [Theory]
    [InlineData(InflateFormat.Raw, "deflate")]
    [InlineData(InflateFormat.Zlib, "zlib")]
    public void OneOctetAtATimeGivesTheSameAsAllAtOnce(InflateFormat format, string suffix) =>
        Streams.OpenAsTheyShould(() => Inflater.Begin(format), suffix);

    [Theory]
    [InlineData(InflateFormat.Zlib, "78BB00000000")] // wants a dictionary
    [InlineData(InflateFormat.Zlib, "7801")] // a header whose check is wrong, below
    [InlineData(InflateFormat.Zlib, "4989")] // method 9
    [InlineData(InflateFormat.Raw, "07")] // block type 3
    public void WhatIsNoSuchStreamIsDamage(InflateFormat format, string hex)
    {
        byte[] data = Convert.FromHexString(hex);
        if (hex == "7801")
            data[1] ^= 1;
        using Inflater inflater = Inflater.Begin(format)!;
        Assert.Equal(DecompressionState.Damaged, inflater.Process(data, new byte[10]).State);
    }

    /// <summary>zlib itself refuses a caller that was compiled for another major version or another structure.</summary>
    [Theory]
    [InlineData("0.9", 112)]
    [InlineData("1", 111)]
    public void AnotherVersionOfTheLibraryIsRefusedByIt(string version, int size)
    {
        using var stream = new ZStreamHandle();
        Assert.Equal(-6, LibZImports.inflateInit2_(stream, -15, version, size));
    }
}
