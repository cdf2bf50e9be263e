using MilterCrypt.Native.Compression;
using MilterCrypt.Native.LibBz2;
using MilterCrypt.Native.Tests.Compression;

namespace MilterCrypt.Native.Tests.LibBz2;

public sealed class Bzip2DecompressorTests
{
    [Fact]
    public void OneOctetAtATimeGivesTheSameAsAllAtOnce() => Streams.OpenAsTheyShould(Bzip2Decompressor.Begin, "bz2");

    [Theory]
    [InlineData("BZ0")] // the version before this one
    [InlineData("BZh0")] // blocks of no length
    [InlineData("BZh:")]
    [InlineData("PK")]
    public void WhatIsNoSuchStreamIsDamage(string text)
    {
        using Bzip2Decompressor decompressor = Bzip2Decompressor.Begin()!;
        Assert.Equal(DecompressionState.Damaged, decompressor.Process(System.Text.Encoding.ASCII.GetBytes(text), new byte[10]).State);
    }
}
