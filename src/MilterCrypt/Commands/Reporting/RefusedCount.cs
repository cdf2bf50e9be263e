namespace MilterCrypt.Commands.Reporting;

/// <summary>How often something was refused.</summary>
/// <param name="Refused">What.</param>
/// <param name="Count">How often.</param>
/// <param name="Last">When last; null where the log has no times.</param>
internal sealed record RefusedCount(Refused Refused, long Count, DateTimeOffset? Last);
