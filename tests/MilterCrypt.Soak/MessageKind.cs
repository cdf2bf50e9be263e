namespace MilterCrypt.Soak;

/// <summary>What becomes of a message, or of its connection.</summary>
internal enum MessageKind
{
    /// <summary>Two kilobytes that are encrypted.</summary>
    Encrypted,

    /// <summary>Left as it came, without its body being asked for.</summary>
    Untouched,

    /// <summary>Its recipient has no key, and is refused.</summary>
    Refused,

    /// <summary>Given up by the MTA amid its body.</summary>
    Aborted,

    /// <summary>Bytes that break the protocol end its connection.</summary>
    Malformed,

    /// <summary>The MTA is gone amid its body.</summary>
    Vanished,

    /// <summary>Five megabytes that are encrypted, through a temporary file.</summary>
    Large,
}
