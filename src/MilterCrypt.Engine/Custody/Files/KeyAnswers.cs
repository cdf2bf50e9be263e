using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.Engine.Custody.Files;

/// <summary>What became of a wish for a signature.</summary>
/// <param name="Values">The signature's own octets (RFC 9580 §5.2.3), where it was made.</param>
/// <param name="Refusal">Why it was not, for the asker's log.</param>
internal readonly record struct SigningAnswer(byte[]? Values, string? Refusal);

/// <summary>What became of a wish for a session key.</summary>
/// <param name="Opened">The key, right or random; null where no packet is for the keys, or none of them is held.</param>
/// <param name="Refusal">That none is held, for the asker's log.</param>
internal readonly record struct OpeningAnswer(SessionKey? Opened, string? Refusal);
