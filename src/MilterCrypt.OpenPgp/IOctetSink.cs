namespace MilterCrypt.OpenPgp;

/// <summary>Takes octets a piece at a time: one layer of a message being written (armor, a packet's body, encryption),
/// which passes its own octets to the next. Synchronous, because writing a message is arithmetic, and what waits for a
/// peer is behind the last layer.</summary>
public interface IOctetSink
{
    /// <summary>Takes the next octets; they are the caller's again when this returns.</summary>
    void Write(ReadOnlySpan<byte> data);

    /// <summary>Ends this layer and those below. Without it what was written stays visibly incomplete.</summary>
    void Complete();
}
