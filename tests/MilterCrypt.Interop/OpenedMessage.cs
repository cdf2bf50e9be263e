using System.Text;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop;

/// <summary>What a recipient gets out of a delivered PGP/MIME message (RFC 3156 §4), read here strictly: a peer that is
/// forgiving would hide our mistakes.</summary>
/// <param name="Header">The inner header, each line with its CRLF.</param>
/// <param name="Body">The inner body, byte for byte.</param>
public sealed record OpenedMessage(string Header, byte[] Body)
{
    /// <summary>The armored ciphertext of a delivered message; fails where the message is not multipart/encrypted exactly.</summary>
    public static byte[] Ciphertext(SinkMessage delivered)
    {
        string type = Assert.Single(delivered.Field("Content-Type"));
        Assert.StartsWith("multipart/encrypted", type, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("protocol=\"application/pgp-encrypted\"", type, StringComparison.Ordinal);
        Assert.Equal("1.0", Assert.Single(delivered.Field("MIME-Version")));
        Assert.Empty(delivered.Field("Content-Transfer-Encoding").Except(["7bit"]));

        int at = type.IndexOf("boundary=\"", StringComparison.Ordinal) + "boundary=\"".Length;
        string boundary = type[at..type.IndexOf('"', at)];
        string body = Encoding.Latin1.GetString(delivered.Body);
        Assert.All(body.Split("\r\n"), line =>
        {
            Assert.True(line.Length <= 76, $"a line of {line.Length}");
            Assert.True(line.All(c => c is >= ' ' and <= '~'), $"not plain ASCII: {line}");
        });

        string[] parts = body.Split("--" + boundary);
        Assert.Equal(4, parts.Length);   // what is before, the two parts, "--"
        Assert.Equal("--", parts[3].TrimEnd());
        Assert.StartsWith("\r\nContent-Type: application/pgp-encrypted\r\n", parts[1], StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nVersion: 1\r\n", parts[1].TrimEnd('\r', '\n') + "\r\n", StringComparison.Ordinal);
        Assert.StartsWith("\r\nContent-Type: application/octet-stream", parts[2], StringComparison.Ordinal);
        return Encoding.ASCII.GetBytes(parts[2][(parts[2].IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
    }

    public static async Task<OpenedMessage> OpenAsync(SinkMessage delivered, Correspondent reader)
    {
        byte[] entity = await reader.OpenAsync(Ciphertext(delivered));
        if (entity.AsSpan().StartsWith("\r\n"u8))
            return new OpenedMessage("", entity[2..]);
        int end = entity.AsSpan().IndexOf("\r\n\r\n"u8);
        return new OpenedMessage(Encoding.UTF8.GetString(entity, 0, end + 2), entity[(end + 4)..]);
    }
}
