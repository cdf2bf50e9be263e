using System.Buffers;
using System.Globalization;
using System.Text;

namespace MilterCrypt.Milter.Wire;

/// <summary>The codings of addresses and names within ESMTP arguments.</summary>
internal static class Xtext
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789ABCDEFabcdef");

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes xtext (RFC 3461 §4): <c>+3D</c> is an octet. Digits of either case are taken, as MTAs do, and with
    /// SMTPUTF8 characters beyond ASCII (RFC 6531 §3.5).</summary>
    /// <returns>The text, or null where it is malformed, is no UTF-8, or would hold a control character.</returns>
    public static string? Decode(string coded)
    {
        var octets = new List<byte>(coded.Length);
        for (int i = 0; i < coded.Length; i++)
        {
            char c = coded[i];
            if (c == '+')
            {
                if (i + 2 >= coded.Length || !TryReadHex(coded.AsSpan(i + 1, 2), out uint octet))
                    return null;
                octets.Add((byte)octet);
                i += 2;
            }
            else if (c is > ' ' and <= '~' and not '=')
            {
                octets.Add((byte)c);
            }
            else if (char.IsAscii(c) || !TryAppendRune(octets, coded, ref i))
            {
                return null;
            }
        }

        return FromUtf8(octets);
    }

    /// <summary>Decodes utf-8-addr-xtext and utf-8-addr-unitext (RFC 6533 §3): <c>\x{FC}</c> is a character.</summary>
    /// <returns>The text, or null where it is malformed or would hold a control character.</returns>
    public static string? DecodeUtf8Address(string coded)
    {
        var text = new StringBuilder(coded.Length);
        for (int i = 0; i < coded.Length; i++)
        {
            if (coded[i] != '\\')
            {
                text.Append(coded[i]);
                continue;
            }

            int end = coded.IndexOf('}', i);
            if (end < i + 4 || end > i + 9 || coded[i + 1] != 'x' || coded[i + 2] != '{'
                || !TryReadHex(coded.AsSpan((i + 3)..end), out uint number) || !Rune.TryCreate(number, out Rune rune))
                return null;
            text.Append(rune.ToString());
            i = end;
        }

        string decoded = text.ToString();
        return IsClean(decoded) ? decoded : null;
    }

    // NumberStyles alone would take signs and blanks.
    private static bool TryReadHex(ReadOnlySpan<char> digits, out uint number)
    {
        number = 0;
        return !digits.ContainsAnyExcept(HexDigits)
            && uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }

    private static bool TryAppendRune(List<byte> octets, string text, ref int index)
    {
        if (!Rune.TryGetRuneAt(text, index, out Rune rune))
            return false;
        Span<byte> encoded = stackalloc byte[4];
        octets.AddRange(encoded[..rune.EncodeToUtf8(encoded)]);
        index += rune.Utf16SequenceLength - 1;
        return true;
    }

    private static string? FromUtf8(List<byte> octets)
    {
        try
        {
            string text = Strict.GetString(octets.ToArray());
            return IsClean(text) ? text : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static bool IsClean(string text) => text.Length > 0 && !text.Any(char.IsControl);
}
