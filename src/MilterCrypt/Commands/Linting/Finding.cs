namespace MilterCrypt.Commands.Linting;

/// <summary>One thing that `keys lint` says of a certificate.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="Code">What it is, in a word that stays the same for programs.</param>
/// <param name="Text">What it is, for people; a line that is fit for a terminal.</param>
/// <param name="Advice">What to do about it; null where nothing needs to be done.</param>
internal sealed record Finding(FindingLevel Level, string Code, string Text, string? Advice = null);
