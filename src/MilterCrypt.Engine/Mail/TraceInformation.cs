using System.Globalization;
using System.Net;
using System.Text;

namespace MilterCrypt.Engine.Mail;

/// <summary>Where a message came from, as its trace field tells it (RFC 5321 §4.4): the MTA's own is not among what a filter is
/// shown, and would be lost where the message goes on as others.</summary>
/// <param name="Host">The MTA's own name.</param>
/// <param name="ClientAddress">The client's address; null for mail that was submitted on the machine itself.</param>
public sealed record TraceInformation(string Host, IPAddress? ClientAddress)
{
    private const int MaxWord = 255;

    /// <summary>The client's HELO name.</summary>
    public string Helo { get; init; } = "";

    /// <summary>The client's host name, or its address in brackets where it has none.</summary>
    public string ClientHost { get; init; } = "";

    /// <summary>Whether the client spoke TLS, and whether it logged in (RFC 3848).</summary>
    public (bool Tls, bool Authenticated) Protection { get; init; }

    /// <summary>The Received field.</summary>
    /// <param name="queueId">What the MTA calls the message.</param>
    /// <param name="at">When it came.</param>
    internal HeaderField Received(string queueId, DateTimeOffset at)
    {
        string date = Date(at);
        string with = $"ESMTP{(Protection.Tls ? "S" : "")}{(Protection.Authenticated ? "A" : "")}";
        string text = ClientAddress is null
            ? $" by {Word(Host)} (MilterCrypt, submitted locally)\n\tid {Word(queueId)}; {date}"
            : $" from {Word(Helo)} ({Word(ClientHost)} [{ClientAddress}])\n\tby {Word(Host)} (MilterCrypt) with {with} id {Word(queueId)};\n\t{date}";
        return new HeaderField("Received", Encoding.ASCII.GetBytes(text));
    }

    /// <summary>A date as fields have it (RFC 5322 §3.3).</summary>
    internal static string Date(DateTimeOffset at) => at.UtcDateTime.ToString("ddd, d MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);

    // What a client calls itself is no syntax of ours.
    private static string Word(string text)
    {
        string kept = string.Concat(text.Where(static c => c is > ' ' and <= '~' and not ('(' or ')' or ';' or '\\' or '"')).Take(MaxWord));
        return kept.Length > 0 ? kept : "unknown";
    }
}
