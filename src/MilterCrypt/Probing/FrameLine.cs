using System.Buffers.Binary;
using System.Globalization;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Probing;

/// <summary>A line for each frame: which way, its name, how many bytes of data, the data. Of the body there is the length
/// alone.</summary>
internal static class FrameLine
{
    private const int NegotiationLength = 12;

    public static string Of(FrameTrace frame)
    {
        string way = frame.Direction == FrameDirection.ToFilter ? ">" : "<";
        string name = frame.Name ?? $"unknown '{PayloadText.Raw([frame.Code])}'";
        return string.Create(CultureInfo.InvariantCulture, $"{way} {name,-17} {frame.Payload.Length,5} {Data(frame)}").TrimEnd();
    }

    private static string Data(FrameTrace frame)
    {
        ReadOnlySpan<byte> payload = frame.Payload.Span;
        if (frame.Direction == FrameDirection.ToFilter ? frame.Code == MilterCommand.Body : frame.Code == MilterReply.ReplaceBody)
            return "";
        if (frame.Code == MilterCommand.Negotiate && payload.Length >= NegotiationLength)
            return $"version {Number(payload):d} actions {Number(payload[4..]):x} protocol {Number(payload[8..]):x} {PayloadText.Raw(payload[NegotiationLength..])}";
        return PayloadText.Raw(payload);
    }

    private static uint Number(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
