using System.Text;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Client;

namespace MilterCrypt.Cases.Mock;

/// <summary>A message's bytes as the fields and the body that a mail server makes of them, and back.</summary>
internal static class MockMessage
{
    public static ClientMessage Read(MtaKind mta, string sender, IReadOnlyList<string> recipients, byte[] message)
    {
        // Postfix takes a bare LF for a line end, and makes a bare CR a blank.
        if (mta == MtaKind.Postfix)
            message = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(message).Replace("\r\n", "\n", StringComparison.Ordinal)
                .Replace('\r', ' ').Replace("\n", "\r\n", StringComparison.Ordinal));
        var header = new List<HeaderField>();
        int at = 0;
        while (at < message.Length)
        {
            int end = message.AsSpan(at).IndexOf("\r\n"u8) is var found && found < 0 ? message.Length : at + found;
            ReadOnlySpan<byte> line = message.AsSpan(at, end - at);
            int next = Math.Min(end + 2, message.Length);
            if (line.IsEmpty)
            {
                at = next;
                break;
            }

            int colon = line.IndexOf((byte)':');
            if (line[0] is (byte)' ' or (byte)'\t' && header.Count > 0)
                header[^1] = header[^1] with { Value = (byte[])[.. header[^1].Value.Span, (byte)'\n', .. line] };
            else if (colon > 0 && line[..colon].IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0)
                header.Add(new HeaderField(Encoding.ASCII.GetString(line[..colon]), line[(colon + 1)..].ToArray()));
            else
                break;
            at = next;
        }

        return new ClientMessage(sender, recipients, header, WithFinalLineEnd(message[at..]));
    }

    /// <summary>What would be delivered, without the fields that the server itself adds.</summary>
    public static byte[] Write(ClientResult result, ClientMessage sent)
    {
        var bytes = new List<byte>();
        foreach (HeaderField field in result.Header.Where(field => !IsMtaMade(field)))
        {
            bytes.AddRange(Encoding.Latin1.GetBytes(field.Name + ":"));
            bytes.AddRange(Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(field.Value.Span).Replace("\n", "\r\n", StringComparison.Ordinal)));
            bytes.AddRange("\r\n"u8);
        }

        bytes.AddRange("\r\n"u8);
        bytes.AddRange(WithFinalLineEnd(result.Body.ToArray()));
        return [.. bytes];

        static bool IsMtaMade(HeaderField field) => Encoding.Latin1.GetString(field.Value.Span) is var value
            && (value.Contains("by mta", StringComparison.Ordinal) || value.Contains("made by the MTA", StringComparison.Ordinal));
    }

    // A last line without its end gets one, from the client as from the filter.
    private static byte[] WithFinalLineEnd(byte[] body) =>
        body.Length == 0 || body.AsSpan().EndsWith("\r\n"u8) ? body : [.. body, (byte)'\r', (byte)'\n'];
}
