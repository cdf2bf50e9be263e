using System.Net;

namespace MilterCrypt.Engine.Journal;

/// <summary>Who hands a message in. A later try of the same message is one only if it comes from the same client, so that nobody
/// can have somebody else's mail taken for sent.</summary>
/// <param name="Address">Where it connects from; null for mail that was submitted on the machine itself.</param>
/// <param name="AuthenticatedUser">The login name, or null. Who logs in is known by that alone: the address of a laptop
/// changes between two tries.</param>
public sealed record HandoverClient(IPAddress? Address, string? AuthenticatedUser)
{
    internal string Kind => AuthenticatedUser is not null ? "user" : Address is not null ? "address" : "local";

    internal string Name => AuthenticatedUser ?? Mapped?.ToString() ?? "";

    // An MTA that listens on IPv6 alone may tell the same client now one way, now the other.
    private IPAddress? Mapped => Address is { IsIPv4MappedToIPv6: true } ? Address.MapToIPv4() : Address;
}
