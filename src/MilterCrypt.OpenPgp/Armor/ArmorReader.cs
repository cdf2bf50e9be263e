using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace MilterCrypt.OpenPgp.Armor;

/// <summary>Finds armored blocks in text: a file of keys, a mail, a web page. Takes what people's clipboards do to
/// them (CRLF, blanks at line ends, lines quoted with a dash). The checksum is neither needed nor looked at
/// (RFC 9580 §6.1). Work and memory grow with the text and no faster.</summary>
internal sealed class ArmorReader
{
    internal const string PublicKeyLabel = "PGP PUBLIC KEY BLOCK";
    internal const string PrivateKeyLabel = "PGP PRIVATE KEY BLOCK";

    private const string ClearSigned = "PGP SIGNED MESSAGE";

    private readonly ReadOnlyMemory<byte> text;
    private int position;

    /// <summary>Begins at the start of <paramref name="text"/>.</summary>
    public ArmorReader(ReadOnlyMemory<byte> text) => this.text = text;

    /// <summary>Whether octets are binary OpenPGP rather than text: each packet starts with the high bit set, and no
    /// text that holds armor does. (A byte order mark does, and is text.)</summary>
    public static bool IsBinary(ReadOnlySpan<byte> octets) =>
        !octets.IsEmpty && (octets[0] & 0x80) != 0 && !octets.StartsWith("\uFEFF"u8);

    /// <summary>The next block, or null where there is no more.</summary>
    public ArmorBlock? ReadNext()
    {
        while (TryReadLine(out var line))
        {
            // The cleartext of a signed message is no armor; the signature after it is.
            if (TryReadLabel(line, "-----BEGIN "u8, out string label) && label != ClearSigned)
                return ReadBlock(label);
        }

        return null;
    }

    private static bool TryReadLabel(ReadOnlySpan<byte> line, ReadOnlySpan<byte> prefix, out string label)
    {
        label = "";
        bool isMarker = line.StartsWith(prefix) && line.EndsWith("-----"u8) && line.Length > prefix.Length + 5 && line.Length < 80;
        if (!isMarker)
            return false;
        label = Encoding.ASCII.GetString(line[prefix.Length..^5]);
        return label.StartsWith("PGP ", StringComparison.Ordinal);
    }

    private ArmorBlock ReadBlock(string label)
    {
        // Where secrets are inside, the decoded octets are all that is left of them, for whoever reads them to clear.
        byte[] octets = GC.AllocateUninitializedArray<byte>(MeasureBlock(), pinned: label == PrivateKeyLabel);
        int length = 0;
        bool inHeaders = true;
        bool afterChecksum = false;
        while (true)
        {
            int start = position;
            if (!TryReadLine(out var line))
                return Decode(label, octets, length, "no END line");
            if (TryReadLabel(line, "-----END "u8, out string end))
                return Decode(label, octets, length, end == label ? null : "another END line than its BEGIN line");
            if (line.StartsWith("-----"u8))
            {
                position = start;
                return Decode(label, octets, length, "no END line");
            }

            // A header has a colon, which base64 has not; so even a lost blank line does no harm.
            inHeaders = inHeaders && line.Contains((byte)':');
            if (inHeaders || line.IsEmpty)
                continue;
            afterChecksum |= line[0] == '=' && line.Length == 5;
            if (afterChecksum)
                continue;
            line.CopyTo(octets.AsSpan(length));
            length += line.Length;
        }
    }

    // Up to the next line that begins with dashes.
    private int MeasureBlock()
    {
        int start = position;
        int end = start;
        while (TryReadLine(out var line) && !line.StartsWith("-----"u8))
            end = position;
        position = start;
        return end - start;
    }

    private static ArmorBlock Decode(string label, byte[] octets, int length, string? problem)
    {
        var status = Base64.DecodeFromUtf8InPlace(octets.AsSpan(0, length), out int written);
        if (status != OperationStatus.Done)
            problem ??= "not base64";
        octets.AsSpan(written).Clear();
        return new ArmorBlock(label, octets.AsMemory(0, written), problem);
    }

    /// <summary>Takes a line without its end, trailing blanks, and the "- " that cleartext signatures put before
    /// lines that begin with a dash (RFC 9580 §7.2).</summary>
    private bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        var rest = text.Span[position..];
        line = rest;
        if (rest.IsEmpty)
            return false;

        int end = rest.IndexOf((byte)'\n');
        line = (end < 0 ? rest : rest[..end]).TrimEnd(" \t\r"u8);
        position += end < 0 ? rest.Length : end + 1;
        if (line.StartsWith("- -----"u8))
            line = line[2..];
        else if (line.StartsWith("\uFEFF"u8))
            line = line[3..];
        return true;
    }
}
