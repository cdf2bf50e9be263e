using System.Security.Cryptography;

namespace MilterCrypt.OpenPgp.Certificates.Making;

/// <summary>What a new certificate is to be.</summary>
public sealed record KeyGeneration
{
    /// <summary>The algorithms, and so who reads it.</summary>
    public KeyProfile Profile { get; init; } = KeyProfile.Curve25519;

    /// <summary>What its owner is called: <c>Name &lt;address&gt;</c>, the preferred one first; each once. May be empty.</summary>
    public IReadOnlyList<string> UserIds { get; init; } = [];

    /// <summary>How long it lives, or null for ever; whole seconds, up to 136 years. It may be extended later, also when it has
    /// ended.</summary>
    public TimeSpan? Validity { get; init; }

    /// <summary>Whether it has a key that others encrypt to, beside the one that signs.</summary>
    public bool WithEncryption { get; init; } = true;

    /// <summary>Says when it is made.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes the secrets of curves, and salts. (RSA keys are libcrypto's to make, with randomness of its own.)</summary>
    public RandomNumberGenerator Random { get; init; } = RandomNumberGenerator.Create();
}
