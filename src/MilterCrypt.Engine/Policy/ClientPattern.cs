using System.Diagnostics.CodeAnalysis;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>SMTP clients as a rule names them: by their network (<see cref="NetworkPattern"/>), or <c>local</c> for what is handed
/// in on this machine by the MTA's sendmail command.</summary>
public sealed class ClientPattern
{
    private readonly NetworkPattern? network;

    private ClientPattern(NetworkPattern? network) => this.network = network;

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The pattern as the configuration has it.</param>
    /// <param name="pattern">The pattern, or null.</param>
    /// <param name="reason">What is wrong with it and what was meant, for the administrator, or null.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out ClientPattern? pattern, [NotNullWhen(false)] out string? reason)
    {
        reason = null;
        pattern = text == "local" ? new ClientPattern(null)
            : NetworkPattern.TryParse(text, out var network, out reason) ? new ClientPattern(network)
            : null;
        return pattern is not null;
    }

    /// <summary>Whether this pattern has the client of that message.</summary>
    public bool Matches(Envelope envelope) =>
        network is null ? envelope.IsLocalSubmission : envelope.Client is { } client && network.Matches(client);

    /// <summary>The pattern as the configuration has it.</summary>
    public override string ToString() => network?.ToString() ?? "local";
}
