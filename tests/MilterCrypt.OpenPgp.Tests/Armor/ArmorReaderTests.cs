using System.Text;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.TestSupport;

namespace MilterCrypt.OpenPgp.Tests.Armor;

public sealed class ArmorReaderTests
{
    private const string Plain = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\naGVsbG8gd29y\nbGQ=\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n";

    [Theory]
    [InlineData(Plain)]
    [InlineData("-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: 1\nComment: a: b\n\naGVsbG8gd29y\nbGQ=\n-----END PGP PUBLIC KEY BLOCK-----")]
    [InlineData("-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n \t\r\naGVsbG8gd29y  \r\n\r\nbGQ=\r\n=!!!!\r\n-----END PGP PUBLIC KEY BLOCK-----  \r\n")]
    [InlineData("-----BEGIN PGP PUBLIC KEY BLOCK-----\naGVsbG8gd29ybGQ=\n-----END PGP PUBLIC KEY BLOCK-----\n")]
    [InlineData("- -----BEGIN PGP PUBLIC KEY BLOCK-----\n\naGVsbG8gd29ybGQ=\n- -----END PGP PUBLIC KEY BLOCK-----\n")]
    [InlineData("\uFEFF-----BEGIN PGP PUBLIC KEY BLOCK-----\n\naGVsbG8gd29ybGQ=\n-----END PGP PUBLIC KEY BLOCK-----\n")]
    [InlineData("Dear Bob,\nhere is my key:\n\n" + Plain + "\nYours\n")]
    public void WhatClipboardsDoToArmorIsUndone(string text)
    {
        var blocks = Blocks(text);

        var block = Assert.Single(blocks);
        Assert.Null(block.Problem);
        Assert.Equal("PGP PUBLIC KEY BLOCK", block.Label);
        Assert.Equal("hello world", Encoding.ASCII.GetString(block.Data.Span));
    }

    [Fact]
    public void NothingButTheOctetsIsLeftOfASecretKeysArmor()
    {
        var block = new ArmorReader(Certificates.Vectors.File("openpgp-rfc9580/v4-rsa/tsk.asc")).ReadNext()!;

        Assert.Null(block.Problem);
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(block.Data, out var array));
        Assert.DoesNotContain(array.Array![block.Data.Length..], octet => octet != 0);
    }

    [Fact]
    public void SeveralBlocksInOneTextAreAllFound() => Assert.Equal(3, Blocks(Plain + "and\n" + Plain + Plain).Count);

    [Theory]
    [InlineData("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\naGVsbG8gd29y\n", "no END line")]
    [InlineData("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\naGVsbG8gd29y\n-----END PGP MESSAGE-----\n", "another END line than its BEGIN line")]
    [InlineData("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\naGVs*G8gd29y\n-----END PGP PUBLIC KEY BLOCK-----\n", "not base64")]
    [InlineData("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\naGVsb\n-----END PGP PUBLIC KEY BLOCK-----\n", "not base64")]
    public void DamageIsNamed(string text, string problem) => Assert.Equal(problem, Blocks(text)[0].Problem);

    [Fact]
    public void ABlockWithoutItsEndDoesNotSwallowTheNext()
    {
        var blocks = Blocks("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\naGVsbG8gd29y\n" + Plain);

        Assert.Equal(["no END line", null], blocks.Select(block => block.Problem));
    }

    [Fact]
    public void TheTextOfAClearSignedMessageIsNoArmor()
    {
        var blocks = Blocks("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nhello\n-----BEGIN PGP SIGNATURE-----\n\naGVs\n-----END PGP SIGNATURE-----\n");

        Assert.Equal("PGP SIGNATURE", Assert.Single(blocks).Label);
    }

    [Fact]
    public void CutShortAnywhereItEndsWithAProblemOrNothing()
    {
        for (int length = 0; length < Plain.Length - 1; length++)
            Assert.All(Blocks(Plain[..length]), block => Assert.NotNull(block.Problem));
    }

    [Fact]
    public void AMillionBeginLinesTakeLinearTime()
    {
        string text = string.Concat(Enumerable.Repeat("-----BEGIN PGP MESSAGE-----\n", 200_000));
        var taken = ProcessorTime.Of(() => Assert.Equal(200_000, Blocks(text).Count));
        Assert.True(taken < TimeSpan.FromSeconds(3), $"took {taken}");
    }

    private static List<ArmorBlock> Blocks(string text)
    {
        var reader = new ArmorReader(Encoding.UTF8.GetBytes(text));
        var blocks = new List<ArmorBlock>();
        while (reader.ReadNext() is { } block)
            blocks.Add(block);
        return blocks;
    }
}
