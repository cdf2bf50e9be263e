using System.Net;

namespace MilterCrypt.Milter.Client;

/// <summary>An SMTP session to show to a filter, from the client's connection to its end.</summary>
/// <param name="Messages">The messages that it brings, one after another.</param>
public sealed record ClientSession(params IReadOnlyList<ClientMessage> Messages)
{
    /// <summary>The client's name, or its address in brackets.</summary>
    public string Host { get; init; } = "client.example";

    /// <summary>Its address; null when unknown.</summary>
    public IPAddress? Address { get; init; } = IPAddress.Parse("192.0.2.1");

    /// <summary>Its port.</summary>
    public int Port { get; init; } = 40000;

    /// <summary>What it calls itself.</summary>
    public string Helo { get; init; } = "client.example";

    /// <summary>Its TLS connection, begun with STARTTLS after a first HELO; null for none.</summary>
    public ClientTls? Tls { get; init; }

    /// <summary>Who logged in; null for nobody.</summary>
    public ClientAuthentication? Authentication { get; init; }

    /// <summary>Whether this is what Postfix shows of a message that its sendmail command took: addresses without
    /// brackets, missing header fields added, no recipient that can be refused alone.</summary>
    public bool IsLocalSubmission { get; private init; }

    /// <summary>What Postfix shows of a message that its sendmail command took.</summary>
    public static ClientSession LocalSubmission(ClientMessage message) => new(message)
    {
        Host = "localhost",
        Address = IPAddress.Loopback,
        Port = 0,
        Helo = "localhost",
        IsLocalSubmission = true,
    };
}
