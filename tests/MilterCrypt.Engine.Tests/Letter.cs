using System.Buffers;
using System.Text;
using MilterCrypt.Engine.Mail;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Engine.Tests;

/// <summary>A whole message, divided as an MTA hands it over.</summary>
internal sealed record Letter(IReadOnlyList<HeaderField> Header, byte[] Body)
{
    private const int MaxHeader = 1 << 20;

    public static Letter Load(string name) => Read(File.ReadAllBytes(Repository.PathOf($"tests/vectors/mail/{name}")));

    public static Letter Read(string text) => Read(Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n")));

    public static Letter Read(byte[] message)
    {
        var buffer = new ReadOnlySequence<byte>(message);
        Assert.True(MessageHeader.TryRead(ref buffer, isComplete: true, MaxHeader, out var header, out string? fault), fault);
        return new Letter(header!, buffer.ToArray());
    }

    /// <summary>The part that a recipient gets back, by RFC 3156 and by the promise that its body is what came.</summary>
    public byte[] ExpectedPart()
    {
        var part = new StringBuilder();
        if (!Header.Any(field => field.Is("Content-Type")))
            part.Append("Content-Type: text/plain\r\n");
        foreach (var field in Header.Where(field => field.Name.StartsWith("content-", StringComparison.OrdinalIgnoreCase)))
            part.Append(field.Name).Append(':').Append(Encoding.Latin1.GetString(field.Value.Span).Replace("\n", "\r\n", StringComparison.Ordinal)).Append("\r\n");
        part.Append("\r\n");
        return [.. Encoding.Latin1.GetBytes(part.ToString()), .. Canonical(Body)];
    }

    /// <summary>CRLF for each line feed that stands alone, and nothing else.</summary>
    private static byte[] Canonical(byte[] body)
    {
        var canonical = new List<byte>(body.Length);
        for (int i = 0; i < body.Length; i++)
        {
            if (body[i] == '\n' && (i == 0 || body[i - 1] != '\r'))
                canonical.Add((byte)'\r');
            canonical.Add(body[i]);
        }
        return [.. canonical];
    }
}
