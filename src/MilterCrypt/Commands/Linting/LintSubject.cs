using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;

namespace MilterCrypt.Commands.Linting;

/// <summary>A certificate that is looked at, and the library's judgement of it: findings come from that alone, so that they
/// never say anything else than the filter does.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="Now">The time for which it is judged.</param>
/// <param name="Policy">Which algorithms are good enough.</param>
/// <param name="IsOwn">Whether its secret is in `secret-keys.directory`, so that there is a command for what is wrong.</param>
internal sealed record LintSubject(Certificate Certificate, DateTimeOffset Now, AlgorithmPolicy Policy, bool IsOwn)
{
    /// <summary>The judgement.</summary>
    public CertificateView View { get; } = Certificate.At(Now, Policy);

    /// <summary>What to do: a command where it is one's own, else something to ask its owner for.</summary>
    /// <param name="command">The command's name, below `keys`.</param>
    /// <param name="request">What the owner is to be asked for.</param>
    public string Advice(string command, string request) => IsOwn
        ? $"`miltercrypt keys {command} {Certificate.Fingerprint}` does it"
        : $"ask the owner {request}, and import that";

    /// <summary>All there is to say.</summary>
    public IReadOnlyList<Finding> Findings() =>
    [
        .. EncryptionFindings.Of(this),
        .. UserIdFindings.Of(this),
        .. SubkeyFindings.Of(this),
        .. StrengthFindings.Of(this),
        .. PreferenceFindings.Of(this),
        .. BulkFindings.Of(this),
    ];
}
