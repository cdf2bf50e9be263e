using System.Buffers.Text;
using System.Text;

namespace MilterCrypt.Engine.Custody.GpgAgent;

/// <summary>A line that an Assuan server says (the libassuan manual, "Server responses"), without its line feed.</summary>
internal readonly ref struct AssuanLine
{
    /// <summary>Octets of the longest line, its line feed included.</summary>
    internal const int MaxLength = 1002;

    private const int MaxShown = 200;

    private AssuanLine(AssuanKind kind, ReadOnlySpan<byte> rest)
    {
        Kind = kind;
        Rest = rest;
    }

    /// <summary>What it is.</summary>
    internal AssuanKind Kind { get; }

    /// <summary>What follows the keyword and a space.</summary>
    internal ReadOnlySpan<byte> Rest { get; }

    /// <summary>Reads a line; false where it is none that a server says.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> line, out AssuanLine read)
    {
        read = default;
        if (line.Length >= MaxLength || line.Contains((byte)'\n'))
            return false;
        if (line is [(byte)'#', .. var comment])
        {
            read = new AssuanLine(AssuanKind.Comment, comment);
            return true;
        }

        int space = line.IndexOf((byte)' ');
        var keyword = space < 0 ? line : line[..space];
        AssuanKind? kind = keyword switch
        {
            [(byte)'O', (byte)'K'] => AssuanKind.Ok,
            [(byte)'E', (byte)'R', (byte)'R'] => AssuanKind.Error,
            [(byte)'D'] => AssuanKind.Data,
            [(byte)'S'] => AssuanKind.Status,
            _ when keyword.SequenceEqual("INQUIRE"u8) => AssuanKind.Inquire,
            _ => null,
        };
        if (kind is not { } known)
            return false;
        read = new AssuanLine(known, space < 0 ? [] : line[(space + 1)..]);
        return true;
    }

    /// <summary>The error that an error line tells; false where it has no number.</summary>
    internal bool TryReadError(out AgentError error)
    {
        error = default;
        if (!Utf8Parser.TryParse(Rest, out uint number, out int length) || (length < Rest.Length && Rest[length] != ' '))
            return false;
        error = new AgentError(number, Shown(Rest[length..]));
        return true;
    }

    /// <summary>Takes the escapes out of data; false where one is malformed.</summary>
    /// <param name="escaped">What a data line has.</param>
    /// <param name="destination">As long, at least.</param>
    /// <param name="length">Octets that were written.</param>
    internal static bool TryUnescape(ReadOnlySpan<byte> escaped, Span<byte> destination, out int length)
    {
        length = 0;
        for (int i = 0; i < escaped.Length; i++)
        {
            byte octet = escaped[i];
            if (octet == '%')
            {
                if (i + 2 >= escaped.Length || !TryReadHex(escaped[i + 1], out int high) || !TryReadHex(escaped[i + 2], out int low))
                    return false;
                octet = (byte)((high << 4) | low);
                i += 2;
            }

            destination[length++] = octet;
        }

        return true;
    }

    private static bool TryReadHex(byte digit, out int value)
    {
        value = char.IsAsciiHexDigit((char)digit) ? Convert.ToInt32(((char)digit).ToString(), 16) : -1;
        return value >= 0;
    }

    // For the log: what another program said, without what could forge a line of it.
    private static string Shown(ReadOnlySpan<byte> text)
    {
        string shown = Encoding.UTF8.GetString(text.Trim((byte)' '));
        return string.Concat(shown.Take(MaxShown).Select(static letter => char.IsControl(letter) ? '?' : letter));
    }
}

/// <summary>What an Assuan server can say.</summary>
internal enum AssuanKind
{
    /// <summary>The command succeeded; the last line of an answer, and a connection's first.</summary>
    Ok,

    /// <summary>The command failed; the last line of an answer.</summary>
    Error,

    /// <summary>A piece of the result.</summary>
    Data,

    /// <summary>Something beside the result.</summary>
    Status,

    /// <summary>The server asks for something before it goes on.</summary>
    Inquire,

    /// <summary>To be ignored.</summary>
    Comment,
}
