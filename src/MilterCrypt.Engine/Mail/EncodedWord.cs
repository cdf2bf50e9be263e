using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace MilterCrypt.Engine.Mail;

/// <summary>One encoded word (RFC 2047 §2): <c>=?UTF-8?B?R3LDvMOfZQ==?=</c>.</summary>
internal static class EncodedWord
{
    /// <summary>Bytes of text for which a word of ours has room: 75 characters are the most (RFC 2047 §2).</summary>
    internal const int MaxText = 45;

    // RFC 2047 allows 75; some programs write more.
    private const int MaxLength = 1024;

    /// <summary>Takes a word off the front, or returns false where there is none, or none that can be decoded.</summary>
    /// <param name="value">What begins with it.</param>
    /// <param name="length">The word's length.</param>
    /// <param name="text">Its text, in UTF-8; two words may have the halves of a character.</param>
    internal static bool TryRead(ReadOnlySpan<byte> value, out int length, out byte[] text)
    {
        length = 0;
        text = [];
        if (!value.StartsWith("=?"u8))
            return false;
        var rest = value[..Math.Min(value.Length, MaxLength)];
        int charset = rest[2..].IndexOf((byte)'?') + 2;
        if (charset < 3 || rest.Length < charset + 3 || rest[charset + 2] != '?')
            return false;
        int start = charset + 3;
        int end = start + rest[start..].IndexOf("?="u8);
        if (end < start || rest[start..end].IndexOfAny(" \t\r\n?"u8) >= 0)
            return false;
        length = end + 2;
        if (length < value.Length && !" \t\r\n"u8.Contains(value[length]))
            return false;
        byte[]? bytes = (rest[charset + 1] | 0x20) switch
        {
            'b' => FromBase64(rest[start..end]),
            'q' => FromQuoted(rest[start..end]),
            _ => null,
        };
        if (bytes is null || ToUtf8(bytes, rest[2..charset]) is not { } utf8)
            return false;
        text = utf8;
        return true;
    }

    /// <summary>Writes a word with a text in UTF-8, of at most <see cref="MaxText"/> bytes.</summary>
    internal static void Write(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        output.Write("=?UTF-8?B?"u8);
        var target = output.GetSpan(Base64.GetMaxEncodedToUtf8Length(text.Length));
        Base64.EncodeToUtf8(text, target, out _, out int written);
        output.Advance(written);
        output.Write("?="u8);
    }

    private static byte[]? FromBase64(ReadOnlySpan<byte> text)
    {
        byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Base64.DecodeFromUtf8(text, bytes, out _, out int written) == OperationStatus.Done ? bytes[..written] : null;
    }

    private static byte[]? FromQuoted(ReadOnlySpan<byte> text)
    {
        var bytes = new List<byte>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '=')
                bytes.Add(text[i] == '_' ? (byte)' ' : text[i]);
            else if (i + 2 < text.Length && char.IsAsciiHexDigit((char)text[i + 1]) && char.IsAsciiHexDigit((char)text[i + 2]))
            {
                bytes.Add(Convert.FromHexString(Encoding.ASCII.GetString(text.Slice(i + 1, 2)))[0]);
                i += 2;
            }
            else
                return null;
        }
        return [.. bytes];
    }

    /// <summary>The text of a word in the character sets that mail is written in: the Unicode ones, and the others that ASCII is part of.
    /// Of a set that nobody knows only ASCII is taken, in which those that may be meant agree; null where there is more.</summary>
    private static byte[]? ToUtf8(byte[] bytes, ReadOnlySpan<byte> charset)
    {
        // RFC 2231 §5 has a language behind the character set: utf-8*en.
        int star = charset.IndexOf((byte)'*');
        string name = AsciiCase.ToLower(Encoding.ASCII.GetString(star < 0 ? charset : charset[..star]));
        return name switch
        {
            "utf-8" or "utf8" => bytes,
            // Neither is written in octets of ASCII: what looks like such says something else.
            _ when name.StartsWith("utf-", StringComparison.Ordinal) || name.StartsWith("ucs-", StringComparison.Ordinal) => null,
            _ when EncodingOf(name) is { } encoding => Encoding.UTF8.GetBytes(encoding.GetString(bytes)),
            _ => Ascii.IsValid(bytes) ? bytes : null,
        };
    }

    private static Encoding? EncodingOf(string name) => name switch
    {
        "us-ascii" => null,
        "iso-8859-1" or "latin1" => Encoding.Latin1,
        _ when name.StartsWith("iso_8859-", StringComparison.Ordinal) => EncodingOf($"iso-8859-{name[9..]}"),
        _ when name.StartsWith("iso8859-", StringComparison.Ordinal) => EncodingOf($"iso-8859-{name[8..]}"),
        "windows-31j" or "cp932" => EncodingOf("shift_jis"),
        // As some programs call them.
        _ when name.StartsWith("cp125", StringComparison.Ordinal) => EncodingOf($"windows-{name[2..]}"),
        "ks_c_5601-1987" or "cp949" => EncodingOf("euc-kr"),
        "gbk" or "cp936" => EncodingOf("gb2312"),
        _ => CodePagesEncodingProvider.Instance.GetEncoding(name),
    };
}
