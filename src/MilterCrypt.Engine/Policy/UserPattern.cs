using System.Diagnostics.CodeAnalysis;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>Login names as a rule names them: <c>alice</c>, <c>*@example.org</c> (every login name that ends so),
/// <c>sales-*</c> (every one that begins so) or <c>*</c> (whoever has authenticated). ASCII case doesn't count.</summary>
public sealed class UserPattern
{
    private readonly string text;
    private readonly string fixedPart;
    private readonly Func<string, bool>? table;

    private UserPattern(string text, Func<string, bool>? table = null)
    {
        this.text = text;
        this.table = table;
        fixedPart = text.Trim('*');
    }

    /// <summary>A pattern for the login names that are in a table.</summary>
    /// <param name="text">How the configuration names the table.</param>
    /// <param name="includes">Whether a login name, as given, is in it.</param>
    public static UserPattern OfTable(string text, Func<string, bool> includes) => new(text, includes);

    /// <summary>The one login name that this pattern has, in lower case, or null.</summary>
    internal string? Exactly => table is null && !text.Contains('*', StringComparison.Ordinal) ? AsciiCase.ToLower(text) : null;

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The pattern as the configuration has it.</param>
    /// <param name="pattern">The pattern, or null.</param>
    /// <param name="reason">What is wrong with it and what was meant, for the administrator, or null.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out UserPattern? pattern, [NotNullWhen(false)] out string? reason)
    {
        int star = text.IndexOf('*', StringComparison.Ordinal);
        bool oneStarAtAnEnd = star < 0 || (star == text.LastIndexOf('*') && (star == 0 || star == text.Length - 1));
        pattern = text.Length > 0 && oneStarAtAnEnd ? new UserPattern(text) : null;
        reason = pattern is null ? "a * stands at one end of a login name: alice, *@example.org, sales-* or *" : null;
        return pattern is not null;
    }

    /// <summary>Whether this pattern has that login name; null (nobody authenticated) matches no pattern.</summary>
    public bool Matches(string? user)
    {
        if (user is not null && table is not null)
            return table(user);
        if (user is null || user.Length < fixedPart.Length)
            return false;
        if (text[0] == '*')
            return AsciiCase.Equals(user.AsSpan()[^fixedPart.Length..], fixedPart);
        if (text[^1] == '*')
            return AsciiCase.Equals(user.AsSpan(0, fixedPart.Length), fixedPart);
        return AsciiCase.Equals(user, text);
    }

    /// <summary>Whether this pattern has every login name that the other has. Of a table that isn't known.</summary>
    public bool Includes(UserPattern other)
    {
        if (text == "*" || ReferenceEquals(this, other))
            return true;
        if (other.Exactly is { } name)
            return Matches(name);
        // Names that end alike begin in any way, and the other way round: only * has both.
        return table is null && other.table is null && Exactly is null && other.text != "*"
            && (text[0] == '*') == (other.text[0] == '*') && Matches(other.fixedPart);
    }

    /// <summary>The pattern as the configuration has it.</summary>
    public override string ToString() => text;
}
