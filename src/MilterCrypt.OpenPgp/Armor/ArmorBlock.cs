namespace MilterCrypt.OpenPgp.Armor;

/// <summary>One armored block, decoded (RFC 9580 §6.2).</summary>
/// <param name="Label">What its first line says, such as <c>PGP PUBLIC KEY BLOCK</c>.</param>
/// <param name="Data">The octets.</param>
/// <param name="Problem">Why the octets are not all there, or null: "no END line", "not base64".</param>
internal sealed record ArmorBlock(string Label, ReadOnlyMemory<byte> Data, string? Problem);
