namespace MilterCrypt.Milter;

/// <summary>A header field as the MTA shows it (RFC 5322 §2.2).</summary>
/// <param name="Name">The name, without the colon.</param>
/// <param name="Value">All bytes behind the colon, leading white space included where the MTA sends it
/// (SMFIP_HDR_LEADSPC); folds are LF and white space; no line ending at the end.</param>
public sealed record HeaderField(string Name, ReadOnlyMemory<byte> Value);
