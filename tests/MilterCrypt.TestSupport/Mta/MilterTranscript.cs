using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MilterCrypt.TestSupport.Mta;

/// <summary>A packet of a recorded session.</summary>
public sealed record TranscriptPacket(string Session, bool FromMta, byte Command, byte[] Payload)
{
    /// <summary>The packet as it was on the wire.</summary>
    public byte[] Bytes =>
        [0, (byte)((Payload.Length + 1) >> 16), (byte)((Payload.Length + 1) >> 8), (byte)(Payload.Length + 1), Command, .. Payload];
}

/// <summary>Recorded sessions of Postfix and Sendmail with a filter (tests/vectors/milter-transcripts).</summary>
public static partial class MilterTranscript
{
    /// <summary>The MTA's side.</summary>
    public static IEnumerable<TranscriptPacket> Read(string path) => ReadBoth(path).Where(packet => packet.FromMta);

    /// <summary>What either said, in its order.</summary>
    public static IEnumerable<TranscriptPacket> ReadBoth(string path)
    {
        foreach (string line in File.ReadLines(path))
        {
            Match packet = Packet().Match(line);
            if (packet.Success)
            {
                yield return new(
                    packet.Groups["session"].Value, packet.Groups["way"].Value == "->", (byte)packet.Groups["code"].Value[0],
                    Unescape(packet.Groups["data"].Value));
            }
        }
    }

    // A Python bytes literal.
    private static byte[] Unescape(string text)
    {
        var bytes = new List<byte>();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                bytes.Add((byte)text[i]);
                continue;
            }

            i++;
            switch (text[i])
            {
                case 'x':
                    bytes.Add(byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    i += 2;
                    break;
                case 'n': bytes.Add((byte)'\n'); break;
                case 'r': bytes.Add((byte)'\r'); break;
                case 't': bytes.Add((byte)'\t'); break;
                default: bytes.AddRange(Encoding.ASCII.GetBytes(text[i].ToString())); break;
            }
        }

        return [.. bytes];
    }

    [GeneratedRegex("""^\s*[\d.]+ (?<session>#\d+) (?<way>->|<-) (?<code>.)(?:\(\w+\))? len=\d+ b(?:'|")(?<data>.*)(?:'|")$""")]
    private static partial Regex Packet();
}
