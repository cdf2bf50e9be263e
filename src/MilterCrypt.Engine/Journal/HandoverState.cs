namespace MilterCrypt.Engine.Journal;

/// <summary>How far one recipient's copy has come.</summary>
public enum HandoverState
{
    /// <summary>Its final dot may have been sent; what became of it is not known (RFC 1047).</summary>
    Sending,

    /// <summary>The MTA took it. The next try of the same message leaves it out.</summary>
    HandedOver,

    /// <summary>The MTA took it and the client knows. The next message that is equal is another one; the row is kept for
    /// who asks what became of this one.</summary>
    Closed,
}
