namespace MilterCrypt.Cases.Language;

/// <summary>A line of a case file that can't be read: where it is, and what was meant to stand there.</summary>
public sealed class CaseSyntaxException(Place place, string problem) : Exception($"{place}: {problem}")
{
    public Place Place { get; } = place;
}
