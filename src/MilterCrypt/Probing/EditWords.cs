using System.Buffers.Binary;
using System.Globalization;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Probing;

/// <summary>What a filter does to a message, in words.</summary>
internal static class EditWords
{
    /// <summary>An answer in words, or null where it is one that settles the step.</summary>
    /// <param name="answer">What came.</param>
    /// <param name="run">How many of the kind have come in a row, with this one.</param>
    /// <param name="runBytes">The bytes of their data.</param>
    public static string? Of(MilterAnswer answer, int run, long runBytes)
    {
        ReadOnlySpan<byte> payload = answer.Payload.Span;
        return answer.Code switch
        {
            MilterReply.Progress => run == 1 ? "progress" : Number($"progress, {run} times"),
            MilterReply.ReplaceBody => Number($"new body: {run} piece{(run == 1 ? "" : "s")}, {runBytes} bytes"),
            MilterReply.AddHeader => $"add header {Field(payload)}",
            MilterReply.InsertHeader => $"insert header at {Place(payload)}: {Field(Behind(payload))}",
            MilterReply.ChangeHeader when PayloadText.Strings(Behind(payload)) is [var name, ""] => $"delete header {name} ({Place(payload)})",
            MilterReply.ChangeHeader => $"change header ({Place(payload)}) {Field(Behind(payload))}",
            MilterReply.AddRecipient or MilterReply.AddRecipientWithArguments => $"add recipient {Strings(payload)}",
            MilterReply.DeleteRecipient => $"delete recipient {Strings(payload)}",
            MilterReply.ChangeSender => $"change sender to {Strings(payload)}",
            MilterReply.Quarantine => $"quarantine: {Strings(payload)}",
            _ => null,
        };
    }

    private static string Field(ReadOnlySpan<byte> payload) => PayloadText.Strings(payload) is [var name, var value, ..]
        ? $"{name}: {value.TrimStart()}"
        : PayloadText.Raw(payload);

    private static string Strings(ReadOnlySpan<byte> payload) => string.Join(' ', PayloadText.Strings(payload));

    private static string Place(ReadOnlySpan<byte> payload) => payload.Length < sizeof(uint)
        ? "?"
        : BinaryPrimitives.ReadUInt32BigEndian(payload).ToString(CultureInfo.InvariantCulture);

    private static ReadOnlySpan<byte> Behind(ReadOnlySpan<byte> payload) => payload[Math.Min(sizeof(uint), payload.Length)..];

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
