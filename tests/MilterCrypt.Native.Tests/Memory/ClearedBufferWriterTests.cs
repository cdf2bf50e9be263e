using System.Buffers;
using MilterCrypt.Native.Memory;

namespace MilterCrypt.Native.Tests.Memory;

public sealed class ClearedBufferWriterTests
{
    [Fact]
    public void WhatWasWrittenIsThereAndNowhereElseOnceItMoved()
    {
        byte[] secret = [.. Enumerable.Range(0, 3000).Select(static i => (byte)(1 + (i % 255)))];
        using var writer = new ClearedBufferWriter();
        writer.Write(secret);
        ReadOnlyMemory<byte> before = writer.WrittenMemory;

        writer.Write(secret);

        Assert.Equal(secret.Concat(secret), writer.ToArray());
        Assert.False(before.Span.ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void NothingIsLeftAtTheEnd()
    {
        var writer = new ClearedBufferWriter();
        writer.Write("secret"u8);
        ReadOnlyMemory<byte> before = writer.WrittenMemory;

        writer.Dispose();

        Assert.Equal(new byte[6], before);
        Assert.Equal(0, writer.WrittenMemory.Length);
    }

    [Fact]
    public void MoreThanThereIsRoomForCannotBeCountedAsWritten()
    {
        using var writer = new ClearedBufferWriter();

        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(1 + writer.GetMemory().Length));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(-1));
    }
}
