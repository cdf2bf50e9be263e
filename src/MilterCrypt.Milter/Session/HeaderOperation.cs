namespace MilterCrypt.Milter.Session;

/// <summary>One edit in the protocol's terms.</summary>
/// <param name="Code">SMFIR_ADDHEADER, SMFIR_INSHEADER or SMFIR_CHGHEADER.</param>
/// <param name="Place">The place for the latter two, else null.</param>
/// <param name="Name">The field's name.</param>
/// <param name="Value">The value as it is sent; empty to delete the field.</param>
internal sealed record HeaderOperation(byte Code, uint? Place, string Name, ReadOnlyMemory<byte> Value);
