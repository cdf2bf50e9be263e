using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MilterCrypt.Milter.Wire;

/// <summary>Writes frames whose size is known beforehand.</summary>
internal static class FrameWriter
{
    private const int PrefixLength = 5;

    public static void WriteEmpty(IBufferWriter<byte> output, byte code) => WritePrefix(output, code, 0);

    public static void WriteBytes(IBufferWriter<byte> output, byte code, ReadOnlySpan<byte> payload)
    {
        WritePrefix(output, code, payload.Length);
        output.Write(payload);
    }

    /// <summary>Writes strings, a NUL behind each.</summary>
    public static void WriteStrings(IBufferWriter<byte> output, byte code, params ReadOnlySpan<string> strings)
    {
        int length = 0;
        foreach (string text in strings)
            length += Encoding.UTF8.GetByteCount(text) + 1;

        WritePrefix(output, code, length);
        foreach (string text in strings)
            WriteString(output, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Writes a header field; the place is for SMFIR_INSHEADER and SMFIR_CHGHEADER.</summary>
    public static void WriteHeader(
        IBufferWriter<byte> output, byte code, uint? place, string name, ReadOnlySpan<byte> value)
    {
        int placeLength = place is null ? 0 : sizeof(uint);
        WritePrefix(output, code, placeLength + name.Length + 1 + value.Length + 1);
        if (place is { } index)
        {
            BinaryPrimitives.WriteUInt32BigEndian(output.GetSpan(sizeof(uint)), index);
            output.Advance(sizeof(uint));
        }

        // Names are octets to MTAs; Latin-1 maps each to one character and back.
        WriteString(output, Encoding.Latin1.GetBytes(name));
        WriteString(output, value);
    }

    public static void WriteString(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        output.Write(text);
        output.GetSpan(1)[0] = 0;
        output.Advance(1);
    }

    public static void WritePrefix(IBufferWriter<byte> output, byte code, int payloadLength)
    {
        Span<byte> prefix = output.GetSpan(PrefixLength);
        BinaryPrimitives.WriteInt32BigEndian(prefix, payloadLength + 1);
        prefix[4] = code;
        output.Advance(PrefixLength);
    }

    /// <summary>A payload of strings, a NUL behind each.</summary>
    public static ReadOnlyMemory<byte> Strings(params ReadOnlySpan<string> strings)
    {
        var payload = new ArrayBufferWriter<byte>();
        foreach (string text in strings)
            WriteString(payload, Encoding.UTF8.GetBytes(text));
        return payload.WrittenMemory;
    }
}
