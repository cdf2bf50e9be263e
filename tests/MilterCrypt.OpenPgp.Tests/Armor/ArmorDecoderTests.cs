using System.Buffers;
using System.Text;
using MilterCrypt.OpenPgp.Armor;

namespace MilterCrypt.OpenPgp.Tests.Armor;

public sealed class ArmorDecoderTests
{
    private const string Label = "PGP MESSAGE";

    [Theory]
    [InlineData(LineEnding.CrLf, true)]
    [InlineData(LineEnding.CrLf, false)]
    [InlineData(LineEnding.Lf, true)]
    [InlineData(LineEnding.Lf, false)]
    public void WhatWasArmoredComesBackHoweverItIsCut(LineEnding lineEnding, bool withChecksum)
    {
        foreach (int length in (int[])[0, 1, 2, 3, 47, 48, 49, 95, 96, 97, 6143, 6144, 6145, 20_000])
        {
            byte[] data = new byte[length];
            new Random(length).NextBytes(data);
            byte[] text = Armored(data, new ArmorOptions(Label, lineEnding, withChecksum));
            foreach (int piece in (int[])[1, 7, 64, 65, 1000, int.MaxValue])
            {
                Assert.Null(Decode(text, out byte[] decoded, piece));
                Assert.Equal(data, decoded);
            }
        }
    }

    [Theory]
    [InlineData("Dear Bob,\nread this:\n{0}")]
    [InlineData("\n\n   \n{0}\n\n \t\n")]
    [InlineData("\uFEFF{0}")]
    public void TextBeforeAndBlanksAroundDoNoHarm(string frame)
    {
        string text = Encoding.ASCII.GetString(Armored("secret"u8, new ArmorOptions(Label, LineEnding.Lf)));

        Assert.Null(Decode(Encoding.UTF8.GetBytes(string.Format(null, frame, text)), out byte[] decoded));

        Assert.Equal("secret"u8, decoded);
    }

    [Theory]
    [InlineData("-----BEGIN PGP MESSAGE-----\nVersion: 1\nComment: what a day\n\nc2Vj\ncmV0\n-----END PGP MESSAGE-----")]
    [InlineData("-----BEGIN PGP MESSAGE-----  \r\n\r\nc2Vj \r\ncmV0\t\r\n=olY7\r\n-----END PGP MESSAGE----- \r\n")]
    [InlineData("-----BEGIN PGP MESSAGE-----\nc2VjcmV0\n-----END PGP MESSAGE-----\n")]
    [InlineData("-----BEGIN PGP MESSAGE-----\n\nc2VjcmV0\n=AAAA\n-----END PGP MESSAGE-----\n")]
    public void HeadersBlanksAndWrongChecksumsDoNoHarm(string text)
    {
        Assert.Null(Decode(Encoding.ASCII.GetBytes(text), out byte[] decoded));

        Assert.Equal("secret"u8, decoded);
    }

    [Theory]
    [InlineData("", "no PGP MESSAGE")]
    [InlineData("Hello\n", "no PGP MESSAGE")]
    [InlineData("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n", "no PGP MESSAGE")]
    [InlineData("-----BEGIN PGP MESSAGE-----\n\nAAAA\n-----END PGP MESSAGE-----\nbye\n", "text after the armor")]
    [InlineData("-----BEGIN PGP MESSAGE-----\n\nA?AA\n-----END PGP MESSAGE-----\n", "armor that is not base64")]
    [InlineData("-----BEGIN PGP MESSAGE-----\n\nAAA\n-----END PGP MESSAGE-----\n", "armor that is not base64")]
    [InlineData("-----BEGIN PGP MESSAGE-----\n\nAA==\nAAAA\n-----END PGP MESSAGE-----\n", "armor that is not base64")]
    [InlineData("-----BEGIN PGP MESSAGE-----\n\nAAAA\n=AAAA\nAAAA\n-----END PGP MESSAGE-----\n", "armor that goes on after its checksum")]
    [InlineData("-----BEGIN PGP MESSAGE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n", "armor that is not base64")]
    public void WhatIsNoWholeBlockIsNamed(string text, string problem) =>
        Assert.Equal(problem, Decode(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void ABlockCutShortAnywhereIsRefused()
    {
        byte[] text = Armored(new byte[100], new ArmorOptions(Label, LineEnding.Lf));

        // The last line may lack its end.
        for (int length = 0; length < text.Length - 1; length++)
            Assert.NotNull(Decode(text[..length], out _));
    }

    [Fact]
    public void LinesOfAnyLengthBeforeItAreSkippedAndInsideOfItRefused()
    {
        string armor = Encoding.ASCII.GetString(Armored("secret"u8, new ArmorOptions(Label, LineEnding.Lf)));
        byte[] before = Encoding.ASCII.GetBytes(new string('x', 100_000) + "\n" + armor);
        byte[] inside = Encoding.ASCII.GetBytes(armor.Replace("\n\n", "\n\n" + new string('A', 100_000) + "\n", StringComparison.Ordinal));

        Assert.Null(Decode(before, out byte[] decoded, piece: 1000));
        Assert.Equal("secret"u8, decoded);
        Assert.Equal("a line too long for armor", Decode(inside, out _, piece: 1000));
    }

    private static byte[] Armored(ReadOnlySpan<byte> data, ArmorOptions options)
    {
        var text = new ArrayBufferWriter<byte>();
        var writer = new ArmorWriter(text, options);
        writer.Write(data);
        writer.Complete();
        return text.WrittenSpan.ToArray();
    }

    private static string? Decode(byte[] text, out byte[] decoded, int piece = int.MaxValue)
    {
        var sink = new CollectingSink();
        using var decoder = new ArmorDecoder(Label, sink);
        for (int position = 0; position < text.Length; position += Math.Min(piece, text.Length - position))
            decoder.Write(text.AsSpan(position, Math.Min(piece, text.Length - position)));
        string? problem = decoder.Complete();
        Assert.Equal(problem is null, sink.IsComplete);
        decoded = sink.Octets;
        return problem;
    }
}
