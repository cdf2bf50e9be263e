using MilterCrypt.OpenPgp.Compression;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Tests.Certificates;

namespace MilterCrypt.OpenPgp.Tests.Compression;

public sealed class DecompressorTests
{
    private const long NoLimit = long.MaxValue;

    private static readonly byte[] Lines = Vectors.File("compression/lines.txt");

    public static TheoryData<CompressionAlgorithm, string> Compressing =>
        new() { { CompressionAlgorithm.Zip, "deflate" }, { CompressionAlgorithm.Zlib, "zlib" }, { CompressionAlgorithm.Bzip2, "bz2" } };

    [Theory]
    [MemberData(nameof(Compressing))]
    public void WhatComesInPiecesOfAnyLengthComesOutWhole(CompressionAlgorithm algorithm, string suffix)
    {
        byte[] compressed = Vectors.File("compression/lines." + suffix);
        foreach (int piece in new[] { 1, 2, 7, 100, compressed.Length })
        {
            foreach (int buffer in new[] { 1, 3, 1000, 1 << 20 })
            {
                var (problem, sink) = Open(algorithm, compressed, NoLimit, piece, buffer);
                Assert.Equal(DecompressionProblem.None, problem);
                Assert.Equal(Lines, sink.Octets);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Compressing))]
    public void NothingComesOutOfACompressedNothing(CompressionAlgorithm algorithm, string suffix)
    {
        var (problem, sink) = Open(algorithm, Vectors.File("compression/empty." + suffix), limit: 0);
        Assert.Equal((DecompressionProblem.None, 0), (problem, sink.Length));
        Assert.Equal(DecompressionProblem.Damaged, Open(algorithm, []).Problem);
    }

    [Theory]
    [MemberData(nameof(Compressing))]
    public void AStreamCutShortAnywhereIsDamaged(CompressionAlgorithm algorithm, string suffix)
    {
        byte[] compressed = Vectors.File("compression/lines." + suffix);
        for (int length = 0; length < compressed.Length; length++)
        {
            var (problem, sink) = Open(algorithm, compressed[..length], NoLimit, piece: 64, buffer: 100);
            Assert.Equal((length, DecompressionProblem.Damaged), (length, problem));
            Assert.True(Lines.AsSpan().StartsWith(sink.Octets));
        }
    }

    [Fact]
    public void PaddingBehindARawDeflateStreamGoesNowhere()
    {
        byte[] compressed = Vectors.File("compression/lines.deflate");
        foreach (byte[] padding in new byte[][] { [0], compressed, new byte[10_000] })
        {
            foreach (int piece in new[] { 1, compressed.Length, 1_000_000 })
            {
                var (problem, sink) = Open(CompressionAlgorithm.Zip, [.. compressed, .. padding], Lines.Length, piece);
                Assert.Equal(DecompressionProblem.None, problem);
                Assert.Equal(Lines, sink.Octets);
            }
        }
    }

    [Theory]
    [InlineData(CompressionAlgorithm.Zlib, "zlib")]
    [InlineData(CompressionAlgorithm.Bzip2, "bz2")]
    public void WhatFollowsTheEndIsDamageWhetherItComesWithTheEndOrLater(CompressionAlgorithm algorithm, string suffix)
    {
        byte[] compressed = Vectors.File("compression/lines." + suffix);
        foreach (byte[] more in new byte[][] { [0], compressed })
        {
            Assert.Equal(DecompressionProblem.Damaged, Open(algorithm, [.. compressed, .. more]).Problem);
            Assert.Equal(DecompressionProblem.Damaged, Open(algorithm, [.. compressed, .. more], NoLimit, piece: compressed.Length).Problem);
        }
    }

    [Theory]
    [MemberData(nameof(Compressing))]
    public void NoFlippedBitDoesWorseThanDamage(CompressionAlgorithm algorithm, string suffix)
    {
        byte[] compressed = Vectors.File("compression/lines." + suffix);
        int noticed = 0, flips = compressed.Length * 8;
        for (int bit = 0; bit < flips; bit++)
        {
            byte[] flipped = [.. compressed];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var (problem, sink) = Open(algorithm, flipped, limit: 1 << 20, piece: 200, buffer: 1000);
            Assert.InRange(sink.Length, 0, 1 << 20);
            noticed += problem == DecompressionProblem.None && !sink.Octets.AsSpan().SequenceEqual(Lines) ? 0 : 1;
        }

        // Raw deflate has no check sum; the others have one, and it must count.
        if (algorithm != CompressionAlgorithm.Zip)
            Assert.Equal(flips, noticed);
    }

    /// <summary>Behind a sound beginning, so that they reach more than its check.</summary>
    [Theory]
    [InlineData(CompressionAlgorithm.Zip, "")]
    [InlineData(CompressionAlgorithm.Zlib, "789C")]
    [InlineData(CompressionAlgorithm.Bzip2, "425A6839314159265359")]
    public void NoRandomOctetsDoWorseThanDamage(CompressionAlgorithm algorithm, string beginning)
    {
        for (int seed = 0; seed < 2000; seed++)
        {
            byte[] octets = new byte[seed % 300];
            new Random(seed).NextBytes(octets);
            var (problem, sink) = Open(algorithm, [.. Convert.FromHexString(beginning), .. octets], limit: 1 << 16, buffer: 1000);
            Assert.True(problem != DecompressionProblem.None || algorithm == CompressionAlgorithm.Zip);
            Assert.InRange(sink.Length, 0, 1 << 16);
        }
    }

    [Theory]
    [MemberData(nameof(Compressing))]
    public void ABombStopsRightAtTheLimit(CompressionAlgorithm algorithm, string suffix)
    {
        byte[] bomb = Vectors.File("compression/zeros-16-MiB." + suffix);
        const int Length = 16 << 20;
        Assert.True(bomb.Length * 1000 < Length);
        foreach (int limit in new[] { 0, 1, 65535, 65536, 65537, 1_000_000, Length - 1 })
        {
            var (problem, sink) = Open(algorithm, bomb, limit, keeps: false);
            Assert.Equal((DecompressionProblem.TooLong, limit), (problem, sink.Length));
            Assert.InRange(sink.LargestPiece, 0, Decompressor.LargestPiece);
        }

        var (whole, all) = Open(algorithm, bomb, Length, keeps: false);
        Assert.Equal((DecompressionProblem.None, Length), (whole, all.Length));
    }

    [Fact]
    public void WhatIsNotCompressedPassesAndIsBoundedAllTheSame()
    {
        var (problem, sink) = Open(CompressionAlgorithm.Uncompressed, Lines, Lines.Length);
        Assert.Equal(DecompressionProblem.None, problem);
        Assert.Equal(Lines, sink.Octets);
        (problem, sink) = Open(CompressionAlgorithm.Uncompressed, Lines, Lines.Length - 1, piece: 1000);
        Assert.Equal((DecompressionProblem.TooLong, Lines.Length - 1), (problem, sink.Length));
        (problem, sink) = Open(CompressionAlgorithm.Uncompressed, new byte[1_000_000], NoLimit, piece: 500_000, keeps: false);
        Assert.Equal((DecompressionProblem.None, 1_000_000), (problem, sink.Length));
        Assert.Equal(Decompressor.LargestPiece, sink.LargestPiece);
        Assert.Equal(DecompressionProblem.None, Open(CompressionAlgorithm.Uncompressed, []).Problem);
    }

    [Theory]
    [InlineData(CompressionAlgorithm.Zip, "zlib")]
    [InlineData(CompressionAlgorithm.Zlib, "deflate")]
    [InlineData(CompressionAlgorithm.Bzip2, "zlib")]
    [InlineData(CompressionAlgorithm.Zlib, "bz2")]
    public void AnotherAlgorithmsStreamIsDamaged(CompressionAlgorithm algorithm, string suffix)
    {
        var (problem, sink) = Open(algorithm, Vectors.File("compression/lines." + suffix));
        Assert.Equal(DecompressionProblem.Damaged, problem);
        Assert.NotEqual(Lines, sink.Octets);
    }

    [Fact]
    public void OnceSomethingIsWrongNothingMoreIsTaken()
    {
        byte[] compressed = Vectors.File("compression/lines.zlib");
        var sink = new CollectingSink();
        using var decompressor = Decompressor.Create(CompressionAlgorithm.Zlib, sink, limit: 10, new byte[100], out _)!;
        Assert.False(decompressor.TryWrite(compressed));
        Assert.False(decompressor.TryWrite(compressed));
        Assert.False(decompressor.TryWrite([]));
        Assert.False(decompressor.TryComplete());
        Assert.Equal((DecompressionProblem.TooLong, 10), (decompressor.Problem, sink.Length));
    }

    [Fact]
    public void AnUnknownAlgorithmIsNamed()
    {
        Assert.Null(Decompressor.Create((CompressionAlgorithm)4, new CollectingSink(), NoLimit, new byte[1], out string? reason));
        Assert.Equal("compression algorithm 4 is unknown", reason);
    }

    private static (DecompressionProblem Problem, CollectingSink Sink) Open(
        CompressionAlgorithm algorithm, byte[] data, long limit = NoLimit, int piece = 1000, int buffer = 1 << 20, bool keeps = true)
    {
        var sink = new CollectingSink(keeps);
        using var decompressor = Decompressor.Create(algorithm, sink, limit, new byte[buffer], out string? reason);
        Assert.True(decompressor is not null, reason);
        for (int position = 0; position < data.Length; position += piece)
        {
            if (!decompressor.TryWrite(data.AsSpan(position, Math.Min(piece, data.Length - position))))
                break;
        }

        Assert.Equal(decompressor.TryComplete(), decompressor.Problem == DecompressionProblem.None);

        // The layer above completes it.
        Assert.False(sink.IsComplete);
        return (decompressor.Problem, sink);
    }
}
