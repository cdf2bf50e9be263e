using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Runtime.Intrinsics;
using System.Text;

namespace MilterCrypt.OpenPgp.Armor;

/// <summary>Writes octets as armor (RFC 9580 §6.2), 64 columns a line, while they come. What is not completed has no
/// END line. One message, one thread.</summary>
public sealed class ArmorWriter : IOctetSink
{
    private const int OctetsPerLine = 48;
    private const int Columns = 64;

    // Lines asked of the output at once: enough to make the calls cheap, little enough for any writer's blocks.
    private const int LinesAtOnce = 60;

    private readonly IBufferWriter<byte> output;
    private readonly ArmorOptions options;
    private readonly byte[] lineEnd;
    private readonly byte[] held = new byte[OctetsPerLine];
    private int heldCount;
    private Crc24 checksum = new();
    private bool begun;

    /// <summary>Begins a block; nothing is written yet.</summary>
    /// <param name="output">Where the text goes.</param>
    /// <param name="options">Its shape.</param>
    public ArmorWriter(IBufferWriter<byte> output, ArmorOptions options)
    {
        this.output = output;
        this.options = options;
        lineEnd = options.LineEnding == LineEnding.CrLf ? [(byte)'\r', (byte)'\n'] : [(byte)'\n'];
    }

    /// <summary>Adds octets; whole lines leave at once.</summary>
    public void Write(ReadOnlySpan<byte> data)
    {
        Begin();
        if (options.WithChecksum)
            checksum.Append(data);

        if (heldCount > 0)
        {
            int taken = Math.Min(OctetsPerLine - heldCount, data.Length);
            data[..taken].CopyTo(held.AsSpan(heldCount));
            heldCount += taken;
            data = data[taken..];
            if (heldCount < OctetsPerLine)
                return;

            WriteLines(held);
            heldCount = 0;
        }

        int whole = data.Length - (data.Length % OctetsPerLine);
        WriteLines(data[..whole]);
        data[whole..].CopyTo(held);
        heldCount = data.Length - whole;
    }

    /// <summary>Writes what is held, the checksum and the END line.</summary>
    public void Complete()
    {
        Begin();
        if (heldCount > 0)
        {
            WriteBase64(held.AsSpan(0, heldCount));
            output.Write(lineEnd);
        }

        // What was written may be a secret key.
        CryptographicOperations.ZeroMemory(held);

        if (options.WithChecksum)
        {
            Span<byte> value = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(value, checksum.Value);
            output.Write("="u8);
            WriteBase64(value[1..]);
            output.Write(lineEnd);
        }

        WriteMarker("END");
    }

    private void Begin()
    {
        if (begun)
            return;

        begun = true;
        WriteMarker("BEGIN");
        output.Write(lineEnd);
    }

    private void WriteMarker(string verb)
    {
        output.Write(Encoding.ASCII.GetBytes($"-----{verb} {options.Label}-----"));
        output.Write(lineEnd);
    }

    private void WriteLines(ReadOnlySpan<byte> data)
    {
        int lineLength = Columns + lineEnd.Length;
        while (!data.IsEmpty)
        {
            int lines = Math.Min(LinesAtOnce, data.Length / OctetsPerLine);
            Span<byte> text = output.GetSpan(lines * lineLength)[..(lines * lineLength)];

            // Encoded at once, which is several times as fast as line by line, at the end of the space; then each line
            // moves forward to its place and leaves room for the end of the line behind it.
            Span<byte> encoded = text[(lines * lineEnd.Length)..];
            Base64.EncodeToUtf8(data[..(lines * OctetsPerLine)], encoded, out _, out _, isFinalBlock: false);
            for (int line = 0; line < lines; line++)
                Place(encoded.Slice(line * Columns, Columns), text.Slice(line * lineLength, lineLength));

            output.Advance(lines * lineLength);
            data = data[(lines * OctetsPerLine)..];
        }
    }

    /// <summary>Puts 64 characters in their place and the end of the line behind them; both may share memory.</summary>
    private static void Place(ReadOnlySpan<byte> encoded, Span<byte> line)
    {
        // All of it is loaded before any of it is stored.
        var first = Vector256.Create(encoded[..32]);
        var second = Vector256.Create(encoded[32..]);
        first.CopyTo(line);
        second.CopyTo(line[32..]);
        if (line.Length > Columns + 1)
            line[^2] = (byte)'\r';
        line[^1] = (byte)'\n';
    }

    private void WriteBase64(ReadOnlySpan<byte> data)
    {
        Span<byte> text = output.GetSpan(Columns);
        Base64.EncodeToUtf8(data, text, out _, out int written);
        output.Advance(written);
    }
}
