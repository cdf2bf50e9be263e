namespace MilterCrypt.Native.Compression;

/// <summary>How a compressed stream stands.</summary>
public enum DecompressionState
{
    /// <summary>It wants more input, or more room for its output.</summary>
    Open,

    /// <summary>It is complete, and its check sum, where it has one, is right.</summary>
    Ended,

    /// <summary>It is no stream of this kind, or not any more.</summary>
    Damaged,
}
