using System.Collections.Frozen;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Deciding;

/// <summary>Finds the keys that a message to an address is encrypted to: its own, those of its readers where it is an alias, and
/// for <c>bob+tag@</c> also those of <c>bob@</c>. One per configuration.</summary>
/// <param name="find">What is known of one address's key at a time.</param>
/// <param name="aliases">The aliases.</param>
/// <param name="tags">What tags are.</param>
internal sealed class KeyFinder(Func<MailAddress, DateTimeOffset, KeyAnswer> find, IReadOnlyList<AddressAlias> aliases, AddressTags tags)
{
    private readonly FrozenDictionary<MailAddress, AddressAlias> byAddress = aliases.ToFrozenDictionary(static alias => alias.Address);

    /// <summary>The alias that an address is, or null.</summary>
    internal AddressAlias? AliasOf(MailAddress address) =>
        byAddress.Count == 0 ? null
        : byAddress.TryGetValue(address, out var alias) || (tags.Without(address) is { } plain && byAddress.TryGetValue(plain, out alias)) ? alias : null;

    /// <summary>The key of one reader.</summary>
    internal KeyFinding Find(MailAddress reader, DateTimeOffset at)
    {
        var answer = find(reader, at);
        return answer is KeyAnswer.NoCertificate && tags.Without(reader) is { } plain && find(plain, at) is var its and not KeyAnswer.NoCertificate
            ? new KeyFinding(reader, plain, its)
            : new KeyFinding(reader, reader, answer);
    }

    /// <summary>The keys of all who read an address's mail.</summary>
    /// <param name="address">The address.</param>
    /// <param name="at">When.</param>
    internal IReadOnlyList<KeyFinding> FindAll(MailAddress address, DateTimeOffset at) =>
        [.. (AliasOf(address)?.Readers ?? [address]).Select(reader => Find(reader, at))];
}
