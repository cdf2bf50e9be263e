using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MilterCrypt.Milter.Tests.Support;

/// <summary>A recorded conversation of a mail server with a filter (tests/vectors/milter-transcripts).</summary>
internal sealed partial class Transcript
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "milter-transcripts");

    private Transcript(IReadOnlyList<TranscriptFrame> frames) => Frames = frames;

    public static IEnumerable<string> All => Directory.GetFiles(Folder, "*.txt").Select(path => Path.GetFileName(path)).Order();

    /// <summary>What either said, in its order.</summary>
    public IReadOnlyList<TranscriptFrame> Frames { get; }

    /// <summary>The connections of which a recording consists.</summary>
    public static IReadOnlyList<Transcript> Read(string name) =>
    [
        .. from line in File.ReadLines(Path.Combine(Folder, name))
           let frame = Packet().Match(line)
           where frame.Success
           group new TranscriptFrame(
               frame.Groups["way"].Value == "->", (byte)frame.Groups["code"].Value[0], Unescape(frame.Groups["data"].Value))
               by frame.Groups["connection"].Value into connection
           select new Transcript([.. connection]),
    ];

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

    [GeneratedRegex("""^\s*[\d.]+ (?<connection>#\d+) (?<way>->|<-) (?<code>.)(?:\(\w+\))? len=\d+ b(?:'|")(?<data>.*)(?:'|")$""")]
    private static partial Regex Packet();
}

/// <summary>A frame of a recording.</summary>
internal sealed record TranscriptFrame(bool FromMta, byte Code, byte[] Payload)
{
    /// <summary>As it was on the wire.</summary>
    public byte[] Bytes
    {
        get
        {
            byte[] frame = new byte[sizeof(int) + 1 + Payload.Length];
            BinaryPrimitives.WriteInt32BigEndian(frame, 1 + Payload.Length);
            frame[sizeof(int)] = Code;
            Payload.CopyTo(frame, sizeof(int) + 1);
            return frame;
        }
    }
}
