using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Holding;

/// <summary>The header of what is encrypted in a held message: one field of ours, which binds it to the record that stands outside in
/// clear, so that nobody can have it released to somebody else; then the message's own.</summary>
internal static class HeldHeader
{
    private const string Binding = "MilterCrypt-Held";

    private static ReadOnlySpan<byte> End => "\r\n"u8;

    /// <summary>Writes it, the empty line behind it included.</summary>
    /// <returns>False where it would come back as another one than it is: then nothing can be held.</returns>
    internal static bool TryWrite(ReadOnlyMemory<byte> recordLine, IReadOnlyList<HeaderField> header, IBufferWriter<byte> output)
    {
        byte[] own = Bytes(header);
        if (MessageHeader.ReadFields(own, out _) is not { } again || !Bytes(again).AsSpan().SequenceEqual(own))
            return false;
        new HeaderField(Binding, Encoding.ASCII.GetBytes($" {DigestOf(recordLine)}")).WriteTo(output);
        output.Write(own);
        output.Write(End);
        return true;
    }

    /// <summary>Reads it.</summary>
    /// <param name="recordLine">The record that stands outside.</param>
    /// <param name="text">All of it, with the empty line.</param>
    /// <returns>The message's own; null where it does not belong to that record.</returns>
    internal static IReadOnlyList<HeaderField>? Read(ReadOnlyMemory<byte> recordLine, ReadOnlySpan<byte> text) =>
        MessageHeader.ReadFields(text, out _) is { Count: > 0 } fields && fields[0].Is(Binding)
        && Encoding.ASCII.GetString(fields[0].Value.Span).Trim() == DigestOf(recordLine) ? [.. fields.Skip(1)] : null;

    private static string DigestOf(ReadOnlyMemory<byte> recordLine) => Convert.ToHexStringLower(SHA256.HashData(recordLine.Span));

    private static byte[] Bytes(IReadOnlyList<HeaderField> header)
    {
        var text = new ArrayBufferWriter<byte>();
        foreach (var field in header)
            field.WriteTo(text);
        return text.WrittenSpan.ToArray();
    }
}
