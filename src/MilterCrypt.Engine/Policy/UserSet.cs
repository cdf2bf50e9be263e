using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>A list of patterns of login names, to be asked for one name.</summary>
internal sealed class UserSet(IReadOnlyList<UserPattern> patterns)
{
    private readonly HashSet<string> exact = [.. patterns.Select(static pattern => pattern.Exactly).OfType<string>()];
    private readonly UserPattern[] others = [.. patterns.Where(static pattern => pattern.Exactly is null)];

    /// <summary>Nobody.</summary>
    public static UserSet Empty { get; } = new([]);

    /// <summary>Whether one of the patterns has that login name; null, where nobody has logged in, is in none.</summary>
    public bool Includes(string? user) =>
        user is not null && (exact.Contains(AsciiCase.ToLower(user)) || others.Any(pattern => pattern.Matches(user)));
}
