using System.Text;

namespace MilterCrypt.Engine.Mail;

/// <summary>Reads a MIME field's value token by token, over white space, folds and comments (RFC 2045 §5.1, RFC 5322
/// §3.2.2). Linear in its input; a value of absurd length is broken from the start.</summary>
internal ref struct StructuredFieldReader
{
    private const int MaxLength = 16 * 1024;

    private readonly ReadOnlySpan<byte> value;
    private int position;

    internal StructuredFieldReader(ReadOnlySpan<byte> value)
    {
        this.value = value;
        position = 0;
        IsBroken = value.Length > MaxLength;
        SkipBlanks();
    }

    /// <summary>Whether something was met that can't be read, such as an unclosed comment.</summary>
    internal bool IsBroken { get; private set; }

    internal readonly bool IsAtEnd => IsBroken || position == value.Length;

    internal bool TryRead(char wanted)
    {
        if (IsAtEnd || value[position] != wanted)
            return false;
        position++;
        SkipBlanks();
        return true;
    }

    internal bool TryReadToken(out string token)
    {
        int start = position;
        while (!IsAtEnd && IsTokenByte(value[position]))
            position++;
        token = IsBroken ? "" : Encoding.ASCII.GetString(value[start..position]);
        SkipBlanks();
        return token.Length > 0;
    }

    internal bool TryReadTokenOrQuoted(out string text)
    {
        if (IsAtEnd || value[position] != '"')
            return TryReadToken(out text);

        var unquoted = new StringBuilder();
        for (position++; position < value.Length && value[position] != '"'; position++)
        {
            if (value[position] == '\\' && position + 1 < value.Length)
                position++;
            // A fold within a quoted string is no part of it (RFC 5322 §3.2.4).
            if (value[position] is not ((byte)'\r' or (byte)'\n'))
                unquoted.Append((char)value[position]);
        }
        if (position == value.Length)
            IsBroken = true;
        else
            position++;
        text = unquoted.ToString();
        SkipBlanks();
        return !IsBroken;
    }

    /// <summary>Reads what is left: parameters, each behind a semicolon (RFC 2045 §5.1), by their names in lower case.</summary>
    internal bool TryReadParameters(out Dictionary<string, string> parameters)
    {
        parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        while (!IsAtEnd)
        {
            if (!TryRead(';'))
                return false;
            // A final semicolon is common, and nobody reads anything into it.
            if (IsAtEnd)
                break;
            if (!TryReadToken(out string name) || !TryRead('=') || !TryReadTokenOrQuoted(out string text)
                || !parameters.TryAdd(AsciiCase.ToLower(name), text))
                return false;
        }
        return !IsBroken;
    }

    private void SkipBlanks()
    {
        int depth = 0;
        for (; !IsBroken && position < value.Length; position++)
        {
            byte b = value[position];
            if (b == '(')
                depth++;
            else if (depth > 0 && b == ')')
                depth--;
            else if (depth > 0 && b == '\\')
                position = Math.Min(position + 1, value.Length - 1);
            else if (depth == 0 && b is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
                break;
        }
        IsBroken |= depth > 0;
    }

    private static bool IsTokenByte(byte b) =>
        b is > (byte)' ' and <= (byte)'~' && !"()<>@,;:\\\"/[]?="u8.Contains(b);
}
