using System.Diagnostics.CodeAnalysis;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>A table as Postfix has it (access(5)): keys of addresses, domains and local parts, each with a yes or a no. The most
/// special key that is there decides.</summary>
public sealed class LookupTable
{
    private readonly Dictionary<MailAddress, bool> addresses = [];
    private readonly Dictionary<string, bool> domains = [];
    private readonly Dictionary<string, bool> parents = [];
    private readonly Dictionary<string, bool> localParts = [];

    /// <summary>Adds a row while the table is made. The first row of a key counts, as in Postfix.</summary>
    /// <param name="key"><c>user@domain</c>, <c>domain</c>, <c>@domain</c> (the same), <c>.domain</c> (what is below it) or <c>user@</c>.</param>
    /// <param name="isIn">Whether what the key stands for is in the table.</param>
    /// <param name="reason">What is wrong with the key, for the administrator, or null.</param>
    public bool TryAdd(string key, bool isIn, [NotNullWhen(false)] out string? reason)
    {
        reason = null;
        if (key.EndsWith('@') && MailAddress.TryParse(key[..^1], out var name, out reason) && name.Domain.Length == 0)
            localParts.TryAdd(AsciiCase.ToLower(name.LocalPart), isIn);
        else if (key.StartsWith('.') && MailDomain.TryNormalize(key[1..], out string parent))
            parents.TryAdd("." + parent, isIn);
        else if (key.IndexOf('@', StringComparison.Ordinal) > 0)
        {
            if (MailAddress.TryParse(key, out var address, out reason))
                addresses.TryAdd(address, isIn);
        }
        else if (MailDomain.TryNormalize(key.TrimStart('@'), out string domain))
            domains.TryAdd(domain, isIn);
        else
            reason = "it is none of user@domain, domain, @domain, .domain and user@";
        return reason is null;
    }

    /// <summary>Whether an address is in the table.</summary>
    /// <param name="address">The address.</param>
    /// <param name="untagged">See <see cref="AddressPattern.Matches"/>: it comes after the address itself, as in access(5).</param>
    public bool Includes(MailAddress address, MailAddress? untagged = null) =>
        (addresses.TryGetValue(address, out bool isIn)
            || (untagged is not null && addresses.TryGetValue(untagged, out isIn))
            || TryFind(address.Domain, out isIn)
            || localParts.TryGetValue(AsciiCase.ToLower(address.LocalPart), out isIn)
            || (untagged is not null && localParts.TryGetValue(AsciiCase.ToLower(untagged.LocalPart), out isIn)))
        && isIn;

    /// <summary>Whether a domain is in the table.</summary>
    /// <param name="domain">Lower-case A-labels.</param>
    public bool Includes(string domain) => TryFind(domain, out bool isIn) && isIn;

    private bool TryFind(string domain, out bool isIn)
    {
        if (domains.TryGetValue(domain, out isIn))
            return true;
        for (int dot = domain.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = domain.IndexOf('.', dot + 1))
        {
            if (parents.TryGetValue(domain[dot..], out isIn))
                return true;
        }
        return false;
    }
}
