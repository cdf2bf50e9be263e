using System.Text;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Client;

/// <summary>A frame that a filter sent.</summary>
/// <param name="Code">Its <see cref="MilterReply"/> byte.</param>
/// <param name="Payload">Its data.</param>
public sealed record MilterAnswer(byte Code, ReadOnlyMemory<byte> Payload)
{
    /// <summary>What a step that is not answered counts as.</summary>
    public static MilterAnswer Continue { get; } = new(MilterReply.Continue, default);

    /// <summary>Whether the filter lets the step pass.</summary>
    public bool GoesOn => Code is MilterReply.Continue or MilterReply.Accept or MilterReply.Skip;

    /// <summary>The answer in words: <c>continue</c>, <c>451 4.3.0 text</c> and so on.</summary>
    public override string ToString() => Code switch
    {
        MilterReply.Continue => "continue",
        MilterReply.Accept => "accept",
        MilterReply.Reject => "reject",
        MilterReply.TemporaryFailure => "tempfail",
        MilterReply.Discard => "discard",
        MilterReply.Skip => "skip",
        MilterReply.Shutdown => "shutdown",
        MilterReply.ConnectionFailure => "connection failure",
        // MTAs take the text for a format string.
        MilterReply.ReplyCode => Encoding.UTF8.GetString(Payload.Span).TrimEnd('\0').Replace("%%", "%", StringComparison.Ordinal),
        _ => $"{MilterReply.NameOf(Code) ?? $"'{(char)Code}'"} with {Payload.Length} bytes",
    };
}
