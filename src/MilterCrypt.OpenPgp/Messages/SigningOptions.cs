using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>How signatures are made.</summary>
public sealed record SigningOptions
{
    /// <summary>Whether what is written is armor rather than binary. (The cleartext framework is always text.)</summary>
    public bool Armor { get; init; } = true;

    /// <summary>How lines end in what is written.</summary>
    public LineEnding LineEnding { get; init; } = LineEnding.CrLf;

    /// <summary>Whether the data is text, whose line ends may change on the way (RFC 9580 §5.2.1.2). (In the cleartext
    /// framework it always is.)</summary>
    public bool IsText { get; init; }

    /// <summary>Which of the key's user IDs the signer speaks as, or null to leave that open.</summary>
    public UserId? SignersUserId { get; init; }

    /// <summary>Says when the signatures are made.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes the salts of version 6. (What else is random in a signature is libcrypto's own.)</summary>
    public RandomNumberGenerator Random { get; init; } = RandomNumberGenerator.Create();
}
