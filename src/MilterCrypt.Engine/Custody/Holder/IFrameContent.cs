namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>What a frame can carry: it says its length, so that it is written once, where it is sent from.</summary>
internal interface IFrameContent
{
    /// <summary>What the frame is.</summary>
    FrameKind Kind { get; }

    /// <summary>Its octets.</summary>
    int Length { get; }

    /// <summary>Writes as many octets.</summary>
    void Write(Span<byte> destination);
}
