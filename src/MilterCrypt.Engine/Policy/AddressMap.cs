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
    /// local part at any domain, each with its tag before it is tried without; then tables, then its domain.</summary>
    /// <param name="address">The address.</param>
    /// <param name="untagged">See <see cref="AddressPattern.Matches"/>.</param>
    public IEnumerable<T> Of(MailAddress address, MailAddress? untagged = null)
    {
        IEnumerable<MailAddress> names = untagged is null ? [address] : [address, untagged];
        return names.Select(name => exact.GetValueOrDefault(name)).OfType<T>()
            .Concat(names.SelectMany(OfLocalPart))
            .Concat(tables.Where(one => one.Table.Matches(address, untagged)).Select(static one => one.Thing))
            .Concat(byDomain.Of(address.Domain));
    }

    private IEnumerable<T> OfLocalPart(MailAddress name) =>
        byLocalPart.Count > 0 && byLocalPart.TryGetValue(AsciiCase.ToLower(name.LocalPart), out var domains) ? domains.Of(name.Domain) : [];
}
