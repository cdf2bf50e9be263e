using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>Things by patterns of addresses, found without looking at each pattern: there may be a hundred thousand.</summary>
internal sealed class AddressMap<T>
    where T : class
{
    private readonly Dictionary<MailAddress, T> exact = [];
    private readonly Dictionary<string, DomainMap<T>> byLocalPart = [];
    private readonly DomainMap<T> byDomain = new();
    private readonly List<(AddressPattern Table, T Thing)> tables = [];

    /// <summary>Returns false where the same pattern, however it is written, has a thing already.</summary>
    public bool TryAdd(AddressPattern pattern, T thing)
    {
        if (pattern.Exactly is { } address)
            return exact.TryAdd(address, thing);
        if (pattern.Domain is not { } domain)
        {
            tables.Add((pattern, thing));
            return true;
        }
        if (pattern.LocalPart is not { } localPart)
            return byDomain.TryAdd(domain, thing);
        string key = AsciiCase.ToLower(localPart);
        if (!byLocalPart.TryGetValue(key, out var domains))
            byLocalPart.Add(key, domains = new DomainMap<T>());
        return domains.TryAdd(domain, thing);
    }

    /// <summary>The things of all patterns that have this address, the more special ones first: the address itself, then its
    /// local part at any domain, then tables, then its domain.</summary>
    public IEnumerable<T> Of(MailAddress address)
    {
        if (exact.TryGetValue(address, out var thing))
            yield return thing;
        if (byLocalPart.Count > 0 && byLocalPart.TryGetValue(AsciiCase.ToLower(address.LocalPart), out var domains))
        {
            foreach (var one in domains.Of(address.Domain))
                yield return one;
        }
        foreach (var (table, itsThing) in tables)
        {
            if (table.Matches(address))
                yield return itsThing;
        }
        foreach (var one in byDomain.Of(address.Domain))
            yield return one;
    }
}
