using MilterCrypt.Native.Memory;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>How messages are read.</summary>
public sealed record ReadingOptions
{
    /// <summary>Which algorithms are good enough.</summary>
    public AlgorithmPolicy Policy { get; init; } = AlgorithmPolicy.Default;

    /// <summary>Says what time it is, for signatures and certificates that end.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The most octets of text, and of what it was compressed from: what keeps a bomb from growing. 256 MiB.</summary>
    public long MaxLength { get; init; } = 256L << 20;

    /// <summary>Where buffers for plaintext come from. A process shares one pool; without it each message has its own.</summary>
    public ClearedBufferPool Buffers { get; init; } = new();
}
