namespace MilterCrypt.Milter.Session;

/// <summary>One change of the envelope in the protocol's terms.</summary>
/// <param name="Code">SMFIR_CHGFROM, SMFIR_DELRCPT, SMFIR_ADDRCPT or SMFIR_ADDRCPT_PAR.</param>
/// <param name="Strings">The address, and the arguments in one string where there are any.</param>
internal sealed record EnvelopeOperation(byte Code, params string[] Strings);
