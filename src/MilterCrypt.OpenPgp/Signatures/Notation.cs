namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>A name and a value that a signer put into the signed part (RFC 9580 §5.2.3.24).</summary>
/// <param name="Name">Such as <c>preferred-email-encoding@pgp.com</c>.</param>
/// <param name="Value">Text or octets.</param>
/// <param name="IsText">Whether the value is meant for people.</param>
public sealed record Notation(string Name, ReadOnlyMemory<byte> Value, bool IsText);
