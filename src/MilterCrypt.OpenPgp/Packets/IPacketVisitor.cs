namespace MilterCrypt.OpenPgp.Packets;

/// <summary>Is told what packets a stream has, while it comes.</summary>
internal interface IPacketVisitor
{
    /// <summary>Why it wants to be told no more, or null.</summary>
    string? Problem { get; }

    /// <summary>A packet begins.</summary>
    void Begin(PacketTag tag);

    /// <summary>The next octets of its body, however the packet or the caller cut them; never none.</summary>
    void Body(ReadOnlySpan<byte> data);

    /// <summary>It ends, whole.</summary>
    void End();
}
