using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>A user ID, judged at a time.</summary>
/// <param name="UserId">The user ID.</param>
/// <param name="Problem">Why it does not count, such as "revoked 2024-05-06", or null.</param>
public sealed record UserIdView(UserId UserId, string? Problem);
