namespace MilterCrypt.Engine.Policy;

/// <summary>A time in which all mail goes as it came, because an administrator said so: neither encrypted nor opened nor refused.
/// It ends by itself, whoever forgets it.</summary>
/// <param name="Until">When it ends.</param>
/// <param name="Reason">Why, for the log.</param>
public sealed record EmergencyBypass(DateTimeOffset Until, string Reason);
