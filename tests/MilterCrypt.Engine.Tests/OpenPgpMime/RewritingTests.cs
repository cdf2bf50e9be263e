using System.Text;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Engine.Tests.OpenPgpMime;

public sealed class RewritingTests(Correspondents people)
{
    public static TheoryData<string> Letters =>
        [.. Directory.GetFiles(Repository.PathOf("tests/vectors/mail"), "*.eml").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Letters))]
    public async Task WhatGpgOpensIsTheContentAsItCame(string name)
    {
        var letter = Letter.Load(name);
        var processed = await EncryptAsync(letter);
        Assert.Equal(letter.ExpectedPart(), await people.Bob.OpenAsync(processed.Armor()));
    }

    [Theory]
    [MemberData(nameof(Letters))]
    public async Task TheBodyIsSevenBitInShortLinesWithCrlf(string name)
    {
        var processed = await EncryptAsync(Letter.Load(name));
        Assert.All(processed.Body, b => Assert.True(b is 13 or 10 or (>= 32 and <= 126)));
        Assert.EndsWith("\r\n", processed.BodyText, StringComparison.Ordinal);
        Assert.All(processed.BodyText.Split("\r\n"), line =>
        {
            Assert.DoesNotContain('\n', line);
            Assert.InRange(line.Length, 0, 76);
        });
    }

    [Theory]
    [MemberData(nameof(Letters))]
    public async Task FieldsThatDontDescribeTheContentStayByteForByteInTheirOrder(string name)
    {
        var letter = Letter.Load(name);
        var processed = await EncryptAsync(letter);
        Assert.Equal(Others(letter.Header), Others(processed.Header));
        Assert.Single(processed.Field("MIME-Version"));
        string type = Assert.Single(processed.Field("Content-Type"));
        Assert.Equal("multipart/encrypted", ContentType.Parse(Encoding.ASCII.GetBytes(type))?.MediaType);
        Assert.Single(processed.Header, field => field.Name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task HoweverTheBodyIsCutTheContentIsTheSame(int piece)
    {
        var letter = Letter.Load("mixed-line-ends.eml");
        using var workshop = new Workshop().Rule(EncryptMode.Always).Know(people.Bob);
        var processed = await workshop.EncryptAsync(letter, people.Bob.Address, piece);
        Assert.Equal(letter.ExpectedPart(), await people.Bob.OpenAsync(processed.Armor()));
    }

    [Fact]
    public async Task TheStructureIsThatOfRfc3156()
    {
        var processed = await EncryptAsync(Letter.Load("plain-ascii.eml"));
        var type = ContentType.Parse(Encoding.ASCII.GetBytes(processed.Field("Content-Type")[0]))!;
        Assert.Equal("application/pgp-encrypted", type.Parameters["protocol"]);
        string boundary = type.Parameters["boundary"];

        string[] parts = ("\r\n" + processed.BodyText).Split("\r\n--" + boundary);
        Assert.Equal(4, parts.Length);
        Assert.Equal("", parts[0]);
        Assert.StartsWith("\r\nContent-Type: application/pgp-encrypted\r\n", parts[1], StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nVersion: 1\r\n", parts[1], StringComparison.Ordinal);
        Assert.StartsWith("\r\nContent-Type: application/octet-stream;", parts[2], StringComparison.Ordinal);
        Assert.Contains("\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\n", parts[2], StringComparison.Ordinal);
        Assert.EndsWith("-----END PGP MESSAGE-----\r\n", parts[2], StringComparison.Ordinal);
        Assert.Equal("--\r\n", parts[3]);
    }

    [Fact]
    public async Task EachMessageHasABoundaryOfItsOwn()
    {
        var letter = Letter.Load("plain-ascii.eml");
        Assert.NotEqual((await EncryptAsync(letter)).Field("Content-Type")[0], (await EncryptAsync(letter)).Field("Content-Type")[0]);
    }

    [Fact]
    public async Task NothingOfTheContentIsLeftOutside()
    {
        var processed = await EncryptAsync(Letter.Load("all-content-fields.eml"));
        string whole = Encoding.Latin1.GetString(processed.Whole());
        Assert.DoesNotContain("secret", whole, StringComparison.Ordinal);
        Assert.DoesNotContain("JVBERi0xLjQK", whole, StringComparison.Ordinal);
        Assert.Contains("X-Content-Note: stays\r\n", whole, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SeveralRecipientsOpenTheSameMessage()
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always).Know(people.Bob).Know(people.Carol);
        var letter = Letter.Load("multipart-attachment.eml");
        await using var message = workshop.Begin();
        message.AddRecipient(people.Bob.Address);
        message.AddRecipient(people.Carol.Address);
        message.ReadHeader(letter.Header);
        var outcome = await message.ReadBodyAsync(Workshop.Feed(letter.Body, 100), "test", TestContext.Current.CancellationToken);
        var processed = await Processed.FromAsync(letter, outcome);

        Assert.Equal(letter.ExpectedPart(), await people.Bob.OpenAsync(processed.Armor()));
        Assert.Equal(letter.ExpectedPart(), await people.Carol.OpenAsync(processed.Armor()));
        Assert.Equal(2, Assert.IsType<MessageOutcome.Rewritten>(outcome).Facts.Certificates.Count);
    }

    private async Task<Processed> EncryptAsync(Letter letter)
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always).Know(people.Bob);
        return await workshop.EncryptAsync(letter, people.Bob.Address);
    }

    private static string[] Others(IReadOnlyList<HeaderField> header) =>
        [.. header.Where(field => !field.Name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) && !field.Is("MIME-Version"))
            .Select(field => $"{field.Name}:{Encoding.Latin1.GetString(field.Value.Span)}")];
}
