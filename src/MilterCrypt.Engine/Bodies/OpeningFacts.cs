using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Bodies;

/// <summary>How a message was opened: facts for the log and the metrics, nothing of its content.</summary>
/// <param name="Format">The encrypted data's format: "SEIPDv1", "SEIPDv2" or "OCB".</param>
/// <param name="Key">The key that opened it.</param>
/// <param name="Signature">What its signatures are worth.</param>
/// <param name="Signer">Whose certificate the good signature is of; null where there is none.</param>
/// <param name="OriginalBytes">The length of the body as it came.</param>
/// <param name="OpenedBytes">The length of the new body.</param>
public sealed record OpeningFacts(
    string Format, KeyId Key, AuthorSignature Signature, Fingerprint? Signer, long OriginalBytes, long OpenedBytes);
