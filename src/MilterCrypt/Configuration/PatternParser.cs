using System.Diagnostics.CodeAnalysis;

namespace MilterCrypt.Configuration;

/// <summary>Reads one pattern, or says what is wrong with it.</summary>
internal delegate bool PatternParser<T>(string text, [NotNullWhen(true)] out T? pattern, [NotNullWhen(false)] out string? reason);
