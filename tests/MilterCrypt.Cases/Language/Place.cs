using System.Globalization;

namespace MilterCrypt.Cases.Language;

/// <summary>A line of a case file.</summary>
public sealed record Place(string File, int Line)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}");
}
