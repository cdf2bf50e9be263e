namespace MilterCrypt.Milter;

/// <summary>The recipient that the sender named first (ORCPT=, RFC 3461 §4.2).</summary>
/// <param name="Type">The kind of address, such as <c>rfc822</c> or <c>utf-8</c> (RFC 6533), as it was written.</param>
/// <param name="Address">The address, decoded.</param>
public sealed record OriginalRecipient(string Type, string Address);
