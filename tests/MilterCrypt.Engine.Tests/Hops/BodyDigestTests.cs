using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using MilterCrypt.Engine.Hops;

namespace MilterCrypt.Engine.Tests.Hops;

public sealed partial class BodyDigestTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("\r\n\r\n", "")]
    [InlineData(" \t\r\n", "")]
    [InlineData("a", "a\r\n")]
    [InlineData(" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n")]
    [InlineData("a\n\nb\n", "a\r\n\r\nb\r\n")]
    [InlineData("a\rb\r", "a\rb\r\r\n")]
    [InlineData("a \r b\r\r\n", "a \r b\r\r\n")]
    public void TheBodyIsDigestedInDkimsRelaxedForm(string body, string relaxed)
    {
        string expected = Digest(relaxed);
        Assert.Equal(expected, Digest(body, int.MaxValue));
        Assert.Equal(expected, Digest(body, 1));
    }

    [Fact]
    public void BodiesInAnyPiecesAreDigestedAsASimplerReaderWould()
    {
        var random = new Random(11);
        for (int i = 0; i < 3000; i++)
        {
            string body = new(random.GetItems("ab \t\n\n\r"[..7].ToCharArray(), random.Next(60)));
            body = body.Replace("\n", "\r\n", StringComparison.Ordinal).Replace("\r\r\n", "\r\n", StringComparison.Ordinal);
            string relaxed = TrailingLines().Replace(TrailingBlanks().Replace(Blanks().Replace(body, " "), "\r\n"), "");
            string expected = relaxed.Length == 0 ? "" : relaxed + "\r\n";
            Assert.Equal(Digest(expected), Digest(body, random.Next(1, 9)));
        }
    }

    [Fact]
    public void ALongBodyIsDigestedInLittleMemory()
    {
        using var digest = new BodyDigest();
        byte[] piece = new byte[64 * 1024];
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (byte[] filling in (byte[][])["\r\n"u8.ToArray(), " "u8.ToArray(), "a"u8.ToArray(), "a \t"u8.ToArray()])
        {
            for (int i = 0; i < piece.Length; i++)
                piece[i] = filling[i % filling.Length];
            for (int i = 0; i < 200; i++)
                digest.Write(piece);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
        Assert.Equal(32, digest.Complete().Length);
    }

    private static string Digest(string relaxed) => Convert.ToHexString(SHA256.HashData(Encoding.Latin1.GetBytes(relaxed)));

    private static string Digest(string body, int piece)
    {
        using var digest = new BodyDigest();
        byte[] bytes = Encoding.Latin1.GetBytes(body);
        foreach (byte[] part in bytes.Chunk(Math.Min(piece, Math.Max(1, bytes.Length))))
            digest.Write(part);
        return Convert.ToHexString(digest.Complete());
    }

    [GeneratedRegex("[ \t]+")]
    private static partial Regex Blanks();

    [GeneratedRegex(" (\r\n|\\z)")]
    private static partial Regex TrailingBlanks();

    [GeneratedRegex("(\r\n)+\\z")]
    private static partial Regex TrailingLines();
}
