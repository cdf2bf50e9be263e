namespace MilterCrypt.Milter;

/// <summary>When a recipient's delivery is reported (NOTIFY=, RFC 3461 §4.1).</summary>
[Flags]
public enum DsnNotify
{
    /// <summary>NEVER.</summary>
    Never = 0,

    /// <summary>SUCCESS: when it was delivered.</summary>
    Success = 0x1,

    /// <summary>FAILURE: when it can't be delivered.</summary>
    Failure = 0x2,

    /// <summary>DELAY: when it takes long.</summary>
    Delay = 0x4,
}
