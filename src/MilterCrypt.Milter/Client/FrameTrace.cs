using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Client;

/// <summary>A frame that a client sent or got, for whoever records its session.</summary>
/// <param name="Direction">Which way it went.</param>
/// <param name="Code">Its command or reply byte.</param>
/// <param name="Payload">Its data; a copy, to be kept as long as one likes.</param>
public sealed record FrameTrace(FrameDirection Direction, byte Code, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The protocol's name of the frame, such as <c>SMFIC_MAIL</c> or <c>SMFIR_CONTINUE</c>; null when it has
    /// none.</summary>
    public string? Name => Direction == FrameDirection.ToFilter || Code == MilterCommand.Negotiate
        ? MilterCommand.NameOf(Code)
        : MilterReply.NameOf(Code);
}
