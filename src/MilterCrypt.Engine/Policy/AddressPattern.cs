using System.Diagnostics.CodeAnalysis;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>Addresses as a rule names them: <c>bob@example.org</c>, <c>*@example.org</c>, <c>*@*.example.org</c> (every
/// domain below that one, not itself), <c>postmaster@*</c> (that local part at every domain), <c>*</c> (every address, the null sender too) or <c>&lt;&gt;</c> (the null
/// sender alone).</summary>
public sealed class AddressPattern
{
    private readonly string text;
    private readonly bool matchesNullSender;
    private readonly MailAddress? address;
    private readonly string? localPart;
    private readonly DomainPattern? domain;
    private readonly Func<MailAddress, MailAddress?, bool>? table;

    private AddressPattern(
        string text, bool matchesNullSender, MailAddress? address, DomainPattern? domain, string? localPart = null, Func<MailAddress, MailAddress?, bool>? table = null)
    {
        this.text = text;
        this.matchesNullSender = matchesNullSender;
        this.address = address;
        this.domain = domain;
        this.localPart = localPart;
        this.table = table;
    }

    /// <summary>A pattern for the addresses that are in a table.</summary>
    /// <param name="text">How the configuration names the table.</param>
    /// <param name="includes">Whether an address is in it, which is also told without its tag where it has one that doesn't count by
    /// itself.</param>
    public static AddressPattern OfTable(string text, Func<MailAddress, MailAddress?, bool> includes) => new(text, false, null, null, table: includes);

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The pattern as the configuration has it.</param>
    /// <param name="pattern">The pattern, or null.</param>
    /// <param name="reason">What is wrong with it and what was meant, for the administrator, or null.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out AddressPattern? pattern, [NotNullWhen(false)] out string? reason)
    {
        pattern = null;
        reason = null;
        if (text == "*")
            pattern = new AddressPattern(text, true, null, DomainPattern.Any);
        else if (text == "<>")
            pattern = new AddressPattern(text, true, null, null);
        else if (text.StartsWith("*@", StringComparison.Ordinal))
        {
            if (DomainPattern.TryParse(text[2..], out var domain, out reason))
                pattern = new AddressPattern(text, false, null, domain);
        }
        else if (text.Split("@*") is [{ Length: > 0 } before, var after] && MailAddress.TryParse(before, out var name, out _) && name.Domain.Length == 0)
        {
            if (DomainPattern.TryParse("*" + after, out var domain, out reason))
                pattern = new AddressPattern(text, false, null, domain, name.LocalPart);
        }
        else if (text.Contains('*', StringComparison.Ordinal))
            reason = "a * stands for a whole local part, a whole domain or for subdomains: bob@example.org, *@example.org, *@*.example.org, postmaster@* or *";
        else if (!text.Contains('@', StringComparison.Ordinal))
            reason = $"it has no @: bob@example.org, *@example.org or *; a whole domain is also named by domain: {text}";
        else if (MailAddress.TryParse(text, out var address, out reason))
            pattern = new AddressPattern(text, false, address, null);
        return pattern is not null;
    }

    /// <summary>Whether this is <c>*</c>, which has whatever stands as an address, readable or not.</summary>
    public bool IsEverything => text == "*";

    /// <summary>Whether this is <c>&lt;&gt;</c>, which has no address at all.</summary>
    public bool IsNullSender => text == "<>";

    /// <summary>The one address that this pattern has, or null.</summary>
    internal MailAddress? Exactly => address;

    /// <summary>The local part that all addresses of this pattern have, or null.</summary>
    internal string? LocalPart => localPart;

    /// <summary>The domains of this pattern's addresses, or null.</summary>
    internal DomainPattern? Domain => domain;

    /// <summary>Whether this pattern has that address; null is the null sender.</summary>
    /// <param name="candidate">The address.</param>
    /// <param name="untagged">The same without its tag, where what is said of that is said of it as well; else null.</param>
    public bool Matches(MailAddress? candidate, MailAddress? untagged = null)
    {
        if (candidate is null)
            return matchesNullSender;
        if (table is not null)
            return table(candidate, untagged);
        if (address is not null)
            return address.Equals(candidate) || address.Equals(untagged);
        return domain is not null && domain.Matches(candidate.Domain)
            && (localPart is null || AsciiCase.Equals(localPart, candidate.LocalPart) || (untagged is not null && AsciiCase.Equals(localPart, untagged.LocalPart)));
    }

    /// <summary>Whether this pattern has every address that the other has, the null sender among them. Of a table that isn't
    /// known.</summary>
    /// <param name="other">The other.</param>
    /// <param name="tags">What counts as a tag, where what is said of an address is said of it with one as well; else null.</param>
    public bool Includes(AddressPattern other, AddressTags? tags = null)
    {
        // Only * has an address that can't be read.
        if (IsEverything || ReferenceEquals(this, other) || other.IsEverything)
            return IsEverything || !other.IsEverything;
        if (other.matchesNullSender)
            return matchesNullSender;
        if (other.address is not null)
            return Matches(other.address, tags?.Without(other.address));
        return domain is not null && other.domain is not null && domain.Includes(other.domain)
            && (localPart is null || (other.localPart is not null && AsciiCase.Equals(localPart, other.localPart)));
    }

    /// <summary>The pattern as the configuration has it.</summary>
    public override string ToString() => text;
}
