namespace MilterCrypt.Engine.Policy;

/// <summary>A list of domain patterns, to be asked for one domain.</summary>
internal sealed class DomainSet
{
    private readonly DomainMap<DomainPattern> patterns = new();

    public DomainSet(IEnumerable<DomainPattern> patterns)
    {
        foreach (var pattern in patterns)
            this.patterns.TryAdd(pattern, pattern);
    }

    /// <summary>No domain.</summary>
    public static DomainSet Empty { get; } = new([]);

    /// <summary>Whether one of the patterns has that domain.</summary>
    /// <param name="domain">Lower-case A-labels.</param>
    public bool Includes(string domain) => patterns.Of(domain).Any();
}
