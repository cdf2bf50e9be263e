using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>What stands under <c>policy:</c> in the configuration: entries that are for all mail, for a direction, for domains and
/// for addresses of recipients. What a more special one leaves open is said by the next more general one.</summary>
/// <param name="defaults">The entry for all mail, or null.</param>
/// <param name="directions">Entries by direction.</param>
public sealed class PolicyCascade(PolicyEntry? defaults, IReadOnlyDictionary<MailDirection, PolicyEntry> directions)
{
    private readonly DomainMap<PolicyEntry> domains = new();
    private readonly AddressMap<PolicyEntry> addresses = new();
    private readonly List<PolicyEntry> entries = [.. directions.Values, .. defaults is null ? (PolicyEntry[])[] : [defaults]];

    /// <summary>A cascade that says nothing.</summary>
    public static PolicyCascade Empty { get; } = new(null, new Dictionary<MailDirection, PolicyEntry>());

    /// <summary>All entries.</summary>
    public IReadOnlyList<PolicyEntry> Entries => entries;

    /// <summary>Whether there is an entry for all mail.</summary>
    public bool HasDefaults => defaults is not null;

    /// <summary>Whether what is decided is done where no more special entry says; null where nobody does.</summary>
    internal EnforcementMode? Mode => defaults?.Choices.Mode;

    /// <summary>Whether a message's direction counts.</summary>
    public bool HasDirections => directions.Count > 0;

    /// <summary>Adds the entry for domains, while the cascade is made; false where the same domains have one.</summary>
    public bool TryAdd(DomainPattern pattern, PolicyEntry entry) => Keep(entry, domains.TryAdd(pattern, entry));

    /// <summary>Adds the entry for addresses, while the cascade is made; false where the same addresses have one.</summary>
    public bool TryAdd(AddressPattern pattern, PolicyEntry entry) => Keep(entry, addresses.TryAdd(pattern, entry));

    /// <summary>The entries that are for a recipient, the most special first.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <param name="untagged">See <see cref="AddressPattern.Matches"/>.</param>
    /// <param name="direction">Which way the message goes; null where it has no direction.</param>
    internal IEnumerable<PolicyEntry> Of(MailAddress recipient, MailAddress? untagged, MailDirection? direction)
    {
        IEnumerable<PolicyEntry> special = [.. addresses.Of(recipient, untagged), .. domains.Of(recipient.Domain)];
        if (direction is { } known && directions.TryGetValue(known, out var itsEntry))
            special = special.Append(itsEntry);
        return defaults is null ? special : special.Append(defaults);
    }

    private bool Keep(PolicyEntry entry, bool isNew)
    {
        if (isNew)
            entries.Add(entry);
        return isNew;
    }
}
