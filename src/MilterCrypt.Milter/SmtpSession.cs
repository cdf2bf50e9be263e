using System.Net;

namespace MilterCrypt.Milter;

/// <summary>An SMTP client's session with the MTA, as far as the MTA has told of it: who the client is, and who the MTA.
/// Each step that tells more makes a new record.</summary>
public sealed record SmtpSession
{
    /// <summary>A short name of the milter connection, for log lines before there is a queue id.</summary>
    public string Id { get; init; } = "";

    /// <summary>Where the milter connection came in.</summary>
    public MilterListener Listener { get; init; } = new("", "");

    /// <summary>Who is at the MTA's end of the milter connection; null where that is TCP, which has no such thing.</summary>
    public PeerCredentials? Peer { get; init; }

    /// <summary>The client's host name, or its address in brackets where it has none; empty when unknown.</summary>
    public string ClientHost { get; init; } = "";

    /// <summary>The client's IP address; null for a local socket or when unknown.</summary>
    public IPAddress? ClientAddress { get; init; }

    /// <summary>The client's port; 0 when unknown, and for Postfix's local submission.</summary>
    public int ClientPort { get; init; }

    /// <summary>The client's latest HELO or EHLO name; empty when it gave none.</summary>
    public string Helo { get; init; } = "";

    /// <summary>What is known of the client's TLS connection; null when there is none. Known from HELO on.</summary>
    public ClientTls? Tls { get; init; }

    /// <summary>How the client logged in; null when it did not. Known from MAIL on.</summary>
    public ClientAuthentication? Authentication { get; init; }

    /// <summary>Which MTA calls.</summary>
    public MtaKind Mta { get; init; }

    /// <summary>The MTA's version ({v}), such as <c>3.7.11</c> or <c>8.17.1.9</c>; null when it tells none.</summary>
    public string? MtaVersion { get; init; }

    /// <summary>The MTA's own host name ({j}); null when it tells none.</summary>
    public string? MtaHost { get; init; }

    /// <summary>The name of the MTA's listener ({daemon_name}), or null.</summary>
    public string? DaemonName { get; init; }

    /// <summary>The address of the MTA's listener ({daemon_addr}; {if_addr} where there is none), or null.</summary>
    public string? DaemonAddress { get; init; }

    /// <summary>What else the MTA told (its macros).</summary>
    public MilterMacros Macros { get; init; } = new();
}
