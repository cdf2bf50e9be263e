namespace MilterCrypt.Milter.Wire;

/// <summary>What stands behind a header field's colon, and what an MTA sends and takes of it. With
/// SMFIP_HDR_LEADSPC that is the same; without, MTAs eat one space (not a tab) and add one to what they are given.</summary>
internal static class HeaderValue
{
    private static ReadOnlySpan<byte> NotInValues => "\r\n\0"u8;

    /// <summary>The bytes behind the colon, as far as the MTA lets know.</summary>
    public static byte[] FromWire(ReadOnlySpan<byte> sent, bool leadingSpace)
    {
        if (leadingSpace || sent.IsEmpty || sent[0] == '\t')
            return sent.ToArray();

        byte[] value = new byte[sent.Length + 1];
        value[0] = (byte)' ';
        sent.CopyTo(value.AsSpan(1));
        return value;
    }

    /// <summary>What to send for a value so that exactly its bytes come behind the colon. Folds become LF and a blank:
    /// both MTAs deliver a CR as a stray one. A line that doesn't begin with a blank gets one, so a value never
    /// becomes two fields.</summary>
    /// <exception cref="ArgumentException">It holds a NUL, which the protocol can't carry.</exception>
    public static byte[] ToWire(ReadOnlySpan<byte> value, bool leadingSpace)
    {
        if (!leadingSpace && !value.IsEmpty && value[0] == ' ')
            value = value[1..];
        // An empty value would delete the field.
        if (value.IsEmpty)
            return " "u8.ToArray();
        if (value.IndexOfAny(NotInValues) < 0)
            return value.ToArray();

        var clean = new List<byte>(value.Length + 8);
        for (int i = 0; i < value.Length; i++)
        {
            byte next = i + 1 < value.Length ? value[i + 1] : (byte)0;
            switch (value[i])
            {
                case 0:
                    throw new ArgumentException("A header value can't hold a NUL.", nameof(value));
                case (byte)'\r' when next == '\n':
                    break;
                case (byte)'\r':
                    clean.Add((byte)' ');
                    break;
                case (byte)'\n':
                    clean.Add((byte)'\n');
                    if (next is not ((byte)' ' or (byte)'\t'))
                        clean.Add((byte)' ');
                    break;
                default:
                    clean.Add(value[i]);
                    break;
            }
        }

        return [.. clean];
    }
}
