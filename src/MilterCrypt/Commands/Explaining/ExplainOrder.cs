using System.Net;

namespace MilterCrypt.Commands.Explaining;

/// <summary>The message that `explain` is asked about.</summary>
/// <param name="From">The envelope sender; empty for the null sender.</param>
/// <param name="To">The envelope recipients.</param>
internal sealed record ExplainOrder(string From, IReadOnlyList<string> To)
{
    /// <summary>As whom its client has logged in, or null.</summary>
    public string? User { get; init; }

    /// <summary>Its client's address, or null.</summary>
    public IPAddress? Client { get; init; }

    /// <summary>Whether the client's connection has TLS.</summary>
    public bool Tls { get; init; }

    /// <summary>Whether it is handed in on this machine.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Whether it is asked about behind the queue.</summary>
    public bool IsEgress { get; init; }

    /// <summary>Fields of its header.</summary>
    public IReadOnlyList<string> Header { get; init; } = [];

    /// <summary>The file that it is in, or null.</summary>
    public string? Message { get; init; }

    /// <summary>Where keys are, in place of the store.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Whether anything is said of who hands it in.</summary>
    public bool SaysWho => User is not null || Client is not null || Tls || IsLocal;
}
