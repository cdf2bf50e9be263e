namespace MilterCrypt.Engine.Policy;

/// <summary>Things by patterns of domains, found without looking at each pattern: there may be a hundred thousand.</summary>
internal sealed class DomainMap<T>
    where T : class
{
    private readonly Dictionary<string, T> exact = [];
    private readonly Dictionary<string, T> below = [];
    private readonly List<(DomainPattern Table, T Thing)> tables = [];
    private T? any;

    /// <summary>Returns false where the same pattern, however it is written, has a thing already.</summary>
    public bool TryAdd(DomainPattern pattern, T thing)
    {
        if (pattern.Exactly is { } domain)
            return exact.TryAdd(domain, thing);
        if (pattern.Suffix is { Length: > 0 } suffix)
            return below.TryAdd(suffix, thing);
        if (pattern.Suffix is null)
        {
            tables.Add((pattern, thing));
            return true;
        }
        if (any is not null)
            return false;
        any = thing;
        return true;
    }

    /// <summary>The things of all patterns that have this domain, the more special ones first: the domain itself, then the
    /// longer of the domains above it, then tables, then <c>*</c>.</summary>
    public IEnumerable<T> Of(string domain)
    {
        if (exact.TryGetValue(domain, out var thing))
            yield return thing;
        for (int dot = domain.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = domain.IndexOf('.', dot + 1))
        {
            if (below.TryGetValue(domain[dot..], out thing))
                yield return thing;
        }
        foreach (var (table, itsThing) in tables)
        {
            if (table.Matches(domain))
                yield return itsThing;
        }
        if (any is not null)
            yield return any;
    }
}
