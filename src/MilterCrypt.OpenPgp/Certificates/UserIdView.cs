using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>A user ID, judged at a time.</summary>
/// <param name="UserId">The user ID.</param>
/// <param name="Problem">Why it does not count, such as "revoked 2024-05-06", or null.</param>
public sealed record UserIdView(UserId UserId, string? Problem)
{
    /// <summary>Whether its problem is a revocation.</summary>
    public bool IsRevoked { get; init; }

    /// <summary>The signature that counts; null where none does.</summary>
    public Signature? SelfSignature { get; init; }
}
