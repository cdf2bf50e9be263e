namespace MilterCrypt.Cases.Language;

/// <summary>A line of text that is expected from some mail servers.</summary>
public sealed record ExpectedLine(Place Place, OnMta On, string Text);
