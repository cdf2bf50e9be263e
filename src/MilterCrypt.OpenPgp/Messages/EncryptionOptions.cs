using System.Security.Cryptography;
using MilterCrypt.Native.Memory;
using MilterCrypt.OpenPgp.Armor;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>How a message is written, as far as that is not the recipients' to say.</summary>
public sealed record EncryptionOptions
{
    /// <summary>Whether the output is armor rather than binary.</summary>
    public bool Armor { get; init; } = true;

    /// <summary>How lines of armor end.</summary>
    public LineEnding LineEnding { get; init; } = LineEnding.CrLf;

    /// <summary>Where buffers for plaintext come from. A process shares one pool; without it each message has its own.</summary>
    public ClearedBufferPool Buffers { get; init; } = new();

    /// <summary>Makes session keys, salts and prefixes. (Ephemeral keys and RSA padding are libcrypto's own.)</summary>
    public RandomNumberGenerator Random { get; init; } = RandomNumberGenerator.Create();
}
