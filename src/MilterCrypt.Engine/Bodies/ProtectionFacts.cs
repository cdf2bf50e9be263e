using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Bodies;

/// <summary>How a message was protected: facts for the log and the metrics, nothing of its content.</summary>
/// <param name="Form">The form that it has now.</param>
/// <param name="Format">The encrypted data's format: "SEIPDv1" or "SEIPDv2"; "none" where it is not encrypted.</param>
/// <param name="Certificates">The certificates that can open it, in the order of the recipients.</param>
/// <param name="OriginalBytes">The length of the body as it came.</param>
/// <param name="ProtectedBytes">The length of the new body.</param>
public sealed record ProtectionFacts(
    MessageForm Form, string Format, IReadOnlyList<Fingerprint> Certificates, long OriginalBytes, long ProtectedBytes)
{
    /// <summary>The key that signed it; null where none did.</summary>
    public Fingerprint? SignedBy { get; init; }

    /// <summary>Why it is not signed, where a rule wished it; else null.</summary>
    public string? WhyUnsigned { get; init; }
}
