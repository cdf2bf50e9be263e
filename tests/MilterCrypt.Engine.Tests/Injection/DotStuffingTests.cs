using System.Text;
using MilterCrypt.Engine.Injection;

namespace MilterCrypt.Engine.Tests.Injection;

public sealed class DotStuffingTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a\r\n")]
    [InlineData("a\r\n", "a\r\n")]
    [InlineData(".", "..\r\n")]
    [InlineData(".\r\n", "..\r\n")]
    [InlineData("..\r\n", "...\r\n")]
    [InlineData("a.\r\n.b\r\n.\r\nc", "a.\r\n..b\r\n..\r\nc\r\n")]
    [InlineData("\n", "\r\n")]
    [InlineData("a\n.\n\n.b", "a\r\n..\r\n\r\n..b\r\n")]
    [InlineData("\n.\r\n", "\r\n..\r\n")]
    [InlineData("a\r.\rb\r\r\nc", "a\r.\rb\r\r\nc\r\n")]
    [InlineData("a\r", "a\r\r\n")]
    [InlineData("\r\n\r\n.", "\r\n\r\n..\r\n")]
    [InlineData("a\0\u00e4\u00ff\r\n", "a\0\u00e4\u00ff\r\n")]
    public void LinesAreMadeSafeWhereverTheMessageIsCut(string text, string expected)
    {
        byte[] octets = Encoding.Latin1.GetBytes(text);
        for (int first = 0; first <= octets.Length; first++)
        {
            for (int second = first; second <= octets.Length; second++)
                Assert.Equal(expected, Stuff(octets[..first], octets[first..second], octets[second..]));
        }

        Assert.Equal(expected, Stuff([.. octets.Select(octet => new[] { octet })]));
    }

    [Fact]
    public void WhatAListenerMakesOfItIsTheMessageAndItsEndOccursNowhere()
    {
        var random = new Random(7);
        byte[] alphabet = "\r\n..a"u8.ToArray();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] text = random.GetItems(alphabet, random.Next(24));
            string stuffed = Stuff([.. text.Chunk(1 + random.Next(8))]);
            string whole = "\r\n" + stuffed;
            Assert.DoesNotContain("\r\n.\r\n", whole, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', stuffed.Replace("\r\n", "", StringComparison.Ordinal));

            string plain = whole.Replace("\r\n.", "\r\n", StringComparison.Ordinal)[2..];
            string lines = Encoding.Latin1.GetString(text).Replace("\r\n", "\n", StringComparison.Ordinal);
            Assert.Equal(lines.Length == 0 || lines.EndsWith('\n') ? lines : lines + "\n", plain.Replace("\r\n", "\n", StringComparison.Ordinal));
        }
    }

    private static string Stuff(params byte[][] pieces)
    {
        var stuffing = new DotStuffing();
        var all = new StringBuilder();
        byte[] output = new byte[2];
        foreach (byte[] piece in pieces)
        {
            // No longer than it must be: what does not fit throws.
            byte[] block = new byte[2 * piece.Length];
            all.Append(Encoding.Latin1.GetString(block, 0, stuffing.Write(piece, block)));
        }

        return all.Append(Encoding.Latin1.GetString(output, 0, stuffing.End(output))).ToString();
    }
}
