using System.Net;

namespace MilterCrypt.Engine.Hops;

/// <summary>Who handed a message in: what only the hop before the queue knows.</summary>
/// <param name="User">The name under which the client logged in; null where nobody did. One of more than 256 octets of UTF-8 is
/// not carried on.</param>
/// <param name="Client">The client's address; null where a program of the host handed it in.</param>
/// <param name="Tls">Whether it came over TLS.</param>
/// <param name="Way">Which way it goes.</param>
public sealed record OriginFacts(string? User, IPAddress? Client, bool Tls, MailWay Way);
