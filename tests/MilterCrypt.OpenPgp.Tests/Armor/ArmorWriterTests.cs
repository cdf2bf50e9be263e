using System.Buffers;
using System.Text;
using MilterCrypt.OpenPgp.Armor;

namespace MilterCrypt.OpenPgp.Tests.Armor;

public sealed class ArmorWriterTests
{
    [Theory]
    [InlineData(LineEnding.CrLf, "\r\n")]
    [InlineData(LineEnding.Lf, "\n")]
    public void TheShapeIsThatOfTheStandard(LineEnding ending, string eol)
    {
        string text = Armored(Enumerable.Range(0, 50).Select(i => (byte)i).ToArray(), new ArmorOptions("PGP MESSAGE", ending), 50);

        Assert.Equal(
            string.Join(
                eol,
                "-----BEGIN PGP MESSAGE-----",
                "",
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v",
                "MDE=",
                "=nLjm",
                "-----END PGP MESSAGE-----",
                ""),
            text);
    }

    [Fact]
    public void EveryLengthComesBackHoweverItIsCut()
    {
        var options = new ArmorOptions("PGP PUBLIC KEY BLOCK", LineEnding.Lf, WithChecksum: false);
        for (int length = 0; length < 300; length++)
        {
            byte[] data = new byte[length];
            new Random(length).NextBytes(data);
            string text = Armored(data, options, piece: 1 + (length % 60));
            string[] lines = text.Split('\n');

            Assert.Equal("-----BEGIN PGP PUBLIC KEY BLOCK-----", lines[0]);
            Assert.Equal("-----END PGP PUBLIC KEY BLOCK-----", lines[^2]);
            Assert.All(lines[2..^2], line => Assert.InRange(line.Length, 1, 64));
            Assert.Equal(data, Convert.FromBase64String(string.Concat(lines[2..^2])));
        }
    }

    [Fact]
    public void WhatIsNotCompletedHasNoEndLine()
    {
        var output = new ArrayBufferWriter<byte>();
        new ArmorWriter(output, new ArmorOptions("PGP MESSAGE", LineEnding.Lf)).Write(new byte[1000]);
        Assert.DoesNotContain("-----END", Encoding.ASCII.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    private static string Armored(byte[] data, ArmorOptions options, int piece)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new ArmorWriter(output, options);
        foreach (byte[] part in data.Chunk(piece))
            writer.Write(part);
        writer.Complete();
        return Encoding.ASCII.GetString(output.WrittenSpan);
    }
}
