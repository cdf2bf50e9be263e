using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>A list of address patterns, to be asked for one address.</summary>
internal sealed class AddressSet
{
    private readonly AddressMap<AddressPattern> patterns = new();
    private readonly bool includesNullSender;

    public AddressSet(IReadOnlyList<AddressPattern> patterns)
    {
        foreach (var pattern in patterns.Where(static pattern => !pattern.IsNullSender))
            this.patterns.TryAdd(pattern, pattern);
        HasEverything = patterns.Any(static pattern => pattern.IsEverything);
        HasAddresses = patterns.Any(static pattern => !pattern.IsNullSender);
        includesNullSender = patterns.Any(static pattern => pattern.Matches(null));
    }

    /// <summary>No address.</summary>
    public static AddressSet Empty { get; } = new([]);

    /// <summary>Whether <c>*</c> is among the patterns, which has what stands as an address and can't be read, too.</summary>
    public bool HasEverything { get; }

    /// <summary>Whether there is a pattern for any address, not for the null sender alone.</summary>
    public bool HasAddresses { get; }

    /// <summary>Whether one of the patterns has that address; null is the null sender.</summary>
    /// <param name="address">The address.</param>
    /// <param name="untagged">See <see cref="AddressPattern.Matches"/>.</param>
    public bool Includes(MailAddress? address, MailAddress? untagged = null) =>
        address is null ? includesNullSender : patterns.Of(address, untagged).Any();
}
