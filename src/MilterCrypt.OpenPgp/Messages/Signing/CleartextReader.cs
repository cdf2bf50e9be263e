using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace MilterCrypt.OpenPgp.Messages.Signing;

/// <summary>Reads the cleartext framework (RFC 9580 §7), strictly: what shows as signed must be what was signed.</summary>
internal static class CleartextReader
{
    private const int MaxHeaders = 16;

    /// <summary>Reads the first message in a text.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> input, [NotNullWhen(true)] out CleartextMessage? message, [NotNullWhen(false)] out string? reason)
    {
        message = null;
        if (input.Length > CleartextMessage.MaxLength)
        {
            reason = $"a cleartext of {input.Length} octets";
            return false;
        }

        var rest = input.Span;
        reason = SkipToMessage(ref rest, out bool hasTextOutside) ?? SkipHeaders(ref rest);
        if (reason is not null)
            return false;

        byte[] text = GC.AllocateArray<byte>(rest.Length + rest.Count((byte)'\n'), pinned: true);
        var signatures = new InlineSignatures();
        reason = ReadText(ref rest, text, out int length);
        if (reason is null)
        {
            var block = input[^rest.Length..];
            reason = FindEnd(ref rest);
            hasTextOutside |= rest.ContainsAnyExcept(" \t\r\n"u8);
            reason ??= SignaturePackets.Read(block[..^rest.Length], signatures);
        }

        if (reason is null)
        {
            message = new CleartextMessage(text, length, hasTextOutside, signatures);
            return true;
        }

        CryptographicOperations.ZeroMemory(text);
        signatures.Dispose();
        return false;
    }

    private static string? SkipToMessage(ref ReadOnlySpan<byte> rest, out bool hasText)
    {
        hasText = false;
        while (CleartextFramework.TryReadLine(ref rest, out var line))
        {
            line = line.TrimEnd(" \t\r"u8);
            if (line.SequenceEqual(CleartextFramework.Begin))
                return null;
            hasText |= !line.IsEmpty;
        }

        return "no cleartext signed message";
    }

    // RFC 9580 §7.1: nothing but Hash headers, whose content counts for nothing, and an empty line, which a line of blanks
    // is not. Anything else would show as if it were signed.
    private static string? SkipHeaders(ref ReadOnlySpan<byte> rest)
    {
        for (int count = 0; count <= MaxHeaders && CleartextFramework.TryReadLine(ref rest, out var line); count++)
        {
            if (line is [.., (byte)'\r'])
                line = line[..^1];
            if (line.IsEmpty)
                return null;
            if (!IsHashHeader(line))
                return "a header other than Hash in the cleartext";
        }

        return "a cleartext without an empty line after its headers";
    }

    private static bool IsHashHeader(ReadOnlySpan<byte> line)
    {
        const int MaxHashHeaderLength = 120;
        return line.Length < MaxHashHeaderLength && line.StartsWith("Hash: "u8)
            && Encoding.ASCII.GetString(line[6..]).Split(',').All(static name => CleartextFramework.IsHashName(name.Trim(' ')));
    }

    /// <summary>Takes the text off the front; what is left begins with the first line of the signatures.</summary>
    private static string? ReadText(ref ReadOnlySpan<byte> rest, Span<byte> text, out int length)
    {
        length = 0;
        bool isFirst = true;
        while (true)
        {
            var atLine = rest;
            if (!CleartextFramework.TryReadLine(ref rest, out var line))
                return "a cleartext without a signature";
            if (CleartextFramework.Signed(line).SequenceEqual(CleartextFramework.BeginSignature))
            {
                rest = atLine;
                return null;
            }

            // RFC 9580 §7.2: every line that begins with a dash was escaped. One that was not is a trick.
            if (line is [(byte)'-', (byte)' ', ..])
                line = line[2..];
            else if (line is [(byte)'-', ..])
                return "a line of the cleartext that begins with a dash";

            line = CleartextFramework.Signed(line);
            if (!isFirst)
            {
                "\r\n"u8.CopyTo(text[length..]);
                length += 2;
            }

            line.CopyTo(text[length..]);
            length += line.Length;
            isFirst = false;
        }
    }

    /// <summary>Takes everything up to the last line of the signatures off the front.</summary>
    private static string? FindEnd(ref ReadOnlySpan<byte> rest)
    {
        while (CleartextFramework.TryReadLine(ref rest, out var line))
        {
            if (line.TrimEnd(" \t\r"u8).SequenceEqual(CleartextFramework.EndSignature))
                return null;
        }

        return "a cleartext whose signature is cut short";
    }
}
