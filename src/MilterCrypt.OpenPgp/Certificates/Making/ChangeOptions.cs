using System.Security.Cryptography;

namespace MilterCrypt.OpenPgp.Certificates.Making;

/// <summary>What changes of a certificate are made with.</summary>
public sealed record ChangeOptions
{
    /// <summary>Says when they are made. A change within the second of what it replaces is dated one second later, so that it
    /// counts.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes the secrets of new subkeys, and salts.</summary>
    public RandomNumberGenerator Random { get; init; } = RandomNumberGenerator.Create();

    /// <summary>Says which of the signatures that are to be replaced count now.</summary>
    public AlgorithmPolicy Policy { get; init; } = AlgorithmPolicy.Default;
}
