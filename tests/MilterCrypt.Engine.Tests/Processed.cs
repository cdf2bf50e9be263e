using System.Text;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Tests;

/// <summary>What came out, read to its end while its message lived.</summary>
internal sealed record Processed(MessageOutcome Outcome, IReadOnlyList<HeaderField> Header, byte[] Body)
{
    public string BodyText => Encoding.Latin1.GetString(Body);

    public static async Task<Processed> FromAsync(Letter letter, MessageOutcome outcome)
    {
        var (header, stream) = outcome switch
        {
            MessageOutcome.Rewritten rewritten => (rewritten.Header, rewritten.Body),
            MessageOutcome.Opened opened => (opened.Header, opened.Body),
            MessageOutcome.Unchanged unchanged => (unchanged.Header, null),
            _ => ([], null),
        };
        if (stream is null)
            return new Processed(outcome, header.Apply(letter.Header), letter.Body);
        using var body = new MemoryStream();
        await stream.CopyToAsync(body, TestContext.Current.CancellationToken);
        return new Processed(outcome, header.Apply(letter.Header), body.ToArray());
    }

    public byte[] Armor()
    {
        int begin = BodyText.IndexOf("-----BEGIN PGP MESSAGE-----\r\n", StringComparison.Ordinal);
        int end = BodyText.IndexOf("-----END PGP MESSAGE-----\r\n", StringComparison.Ordinal);
        Assert.True(begin >= 0 && end > begin, "there is no armor in the body");
        return Body[begin..(end + 27)];
    }

    public string[] Field(string name) =>
        [.. Header.Where(field => field.Is(name)).Select(field => Encoding.Latin1.GetString(field.Value.Span))];

    public byte[] Whole() =>
        [.. Header.SelectMany(field => Encoding.Latin1.GetBytes($"{field.Name}:{Encoding.Latin1.GetString(field.Value.Span).Replace("\n", "\r\n", StringComparison.Ordinal)}\r\n")), 13, 10, .. Body];
}
