namespace MilterCrypt.Milter;

/// <summary>How much of a message a failure report returns (RET=, RFC 3461 §4.3).</summary>
public enum DsnReturn
{
    /// <summary>FULL: the whole message.</summary>
    Full,

    /// <summary>HDRS: its header alone.</summary>
    Header,
}
