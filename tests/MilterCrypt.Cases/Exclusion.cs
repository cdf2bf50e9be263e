using MilterCrypt.Cases.Language;

namespace MilterCrypt.Cases;

/// <summary>A mail server on which a case can't be run, and why.</summary>
public sealed record Exclusion(OnMta On, string Reason);
