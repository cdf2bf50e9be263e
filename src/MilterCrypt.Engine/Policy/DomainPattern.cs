using System.Diagnostics.CodeAnalysis;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>Domains as a rule names them: <c>example.org</c>, <c>*.example.org</c> (every domain below it, not itself)
/// or <c>*</c>. U-labels and A-labels mean the same.</summary>
public sealed class DomainPattern
{
    private readonly string text;
    private readonly string? exact;
    private readonly string? suffix;
    private readonly Func<string, bool>? table;

    private DomainPattern(string text, string? exact, string? suffix, Func<string, bool>? table = null)
    {
        this.text = text;
        this.exact = exact;
        this.suffix = suffix;
        this.table = table;
    }

    /// <summary>A pattern for the domains that are in a table.</summary>
    /// <param name="text">How the configuration names the table.</param>
    /// <param name="includes">Whether a domain, as lower-case A-labels, is in it.</param>
    public static DomainPattern OfTable(string text, Func<string, bool> includes) => new(text, null, null, includes);

    /// <summary>The one domain that this pattern has, or null.</summary>
    internal string? Exactly => exact;

    /// <summary>What the domains that this pattern has end with, as in <c>.example.org</c>; empty for <c>*</c>; null where they are
    /// not known by that.</summary>
    internal string? Suffix => suffix;

    internal static DomainPattern Any { get; } = new("*", null, "");

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The pattern as the configuration has it.</param>
    /// <param name="pattern">The pattern, or null.</param>
    /// <param name="reason">What is wrong with it and what was meant, for the administrator, or null.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out DomainPattern? pattern, [NotNullWhen(false)] out string? reason)
    {
        reason = null;
        if (text == "*")
        {
            pattern = Any;
            return true;
        }
        bool below = text.StartsWith("*.", StringComparison.Ordinal);
        if (MailDomain.TryNormalize(below ? text[2..] : text, out string domain))
        {
            pattern = below ? new DomainPattern(text, null, "." + domain) : new DomainPattern(text, domain, null);
            return true;
        }
        pattern = null;
        reason = "it is not a domain: example.org, *.example.org or *";
        return false;
    }

    /// <summary>Whether this is <c>*</c>.</summary>
    public bool IsEverything => suffix is "";

    /// <summary>Whether this pattern has that domain.</summary>
    /// <param name="domain">Lower-case A-labels, as <see cref="MailAddress.Domain"/> has them.</param>
    public bool Matches(string domain) =>
        table is not null ? table(domain)
        : exact is not null ? domain == exact
        : domain.EndsWith(suffix!, StringComparison.Ordinal);

    /// <summary>Whether this pattern has every domain that the other has. Of a table that isn't known.</summary>
    public bool Includes(DomainPattern other) =>
        IsEverything || ReferenceEquals(this, other)
        || (other.exact is not null
            ? Matches(other.exact)
            : suffix is not null && other.suffix is not null && other.suffix.EndsWith(suffix, StringComparison.Ordinal));

    /// <summary>Whether no domain is in both this pattern and the other. Of a table that isn't known.</summary>
    public bool Excludes(DomainPattern other) => table is null && other.table is null && !Includes(other) && !other.Includes(this);

    /// <summary>The pattern as the configuration has it.</summary>
    public override string ToString() => text;
}
