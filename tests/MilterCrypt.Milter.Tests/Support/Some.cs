using System.Text;
using MilterCrypt.Milter.Client;

namespace MilterCrypt.Milter.Tests.Support;

/// <summary>Mail to test with.</summary>
internal static class Some
{
    public static HeaderField Field(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));

    public static IReadOnlyList<HeaderField> Header { get; } =
        [Field("From", " alice@a.example"), Field("To", " bob@b.example"), Field("Subject", " hello"), Field("Date", " Mon, 1 Jan 2024 00:00:00 +0000"), Field("Message-Id", " <1@a.example>")];

    public static ClientMessage Message { get; } = new(
        "<alice@a.example> BODY=8BITMIME", ["<bob@b.example>"], Header, Encoding.UTF8.GetBytes("line 1\r\nline 2\r\n"));

    public static ClientMessage WithHeader(params IReadOnlyList<HeaderField> header) => Message with { Header = header };

    public static ClientMessage WithBody(byte[] body) => Message with { Body = body };

    public static byte[] Bytes(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>The header as text, without what the MTA added.</summary>
    public static string Text(ClientResult result) => string.Join(
        "\n", result.Header.Where(f => !Encoding.UTF8.GetString(f.Value.Span).Contains("by mta", StringComparison.Ordinal)
            && !Encoding.UTF8.GetString(f.Value.Span).Contains("made by the MTA", StringComparison.Ordinal))
            .Select(f => $"{f.Name}:{Encoding.UTF8.GetString(f.Value.Span)}"));
}
