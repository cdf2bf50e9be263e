using MilterCrypt.Native.Compression;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Native.Tests.Compression;

/// <summary>What all decompressors have in common.</summary>
internal static class Streams
{
    public static void OpenAsTheyShould(Func<IDecompressor?> begin, string suffix)
    {
        byte[] compressed = Vector("lines." + suffix), lines = Vector("lines.txt");
        foreach ((int input, int output) in new[] { (1, 1), (1, 4096), (compressed.Length, 1), (compressed.Length, 4096), (13, 17) })
        {
            using IDecompressor decompressor = begin()!;
            Assert.Equal(lines, Open(decompressor, compressed, input, output));
        }

        using IDecompressor last = begin()!;
        DecompressionStep step = last.Process([.. compressed, 1, 2, 3], new byte[5000]);
        Assert.Equal(new DecompressionStep(compressed.Length, lines.Length, DecompressionState.Ended), step);
        Assert.Throws<ArgumentOutOfRangeException>(() => last.Process([1], []));
        last.Dispose();
        last.Dispose();
        Assert.Throws<ObjectDisposedException>(() => last.Process([1], new byte[1]));
    }

    private static List<byte> Open(IDecompressor decompressor, byte[] compressed, int input, int output)
    {
        var opened = new List<byte>();
        byte[] room = new byte[output];
        int position = 0;
        while (true)
        {
            DecompressionStep step = decompressor.Process(
                compressed.AsSpan(position, Math.Min(input, compressed.Length - position)), room);
            position += step.Taken;
            opened.AddRange(room.AsSpan(0, step.Written));
            if (step.State == DecompressionState.Ended)
                break;
            Assert.Equal(DecompressionState.Open, step.State);
            Assert.True(step.Taken + step.Written > 0, "no progress");
        }

        Assert.Equal(compressed.Length, position);
        return opened;
    }

    private static byte[] Vector(string name) => File.ReadAllBytes(Repository.PathOf("tests/vectors/compression/" + name));
}
