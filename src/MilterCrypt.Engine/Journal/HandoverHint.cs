namespace MilterCrypt.Engine.Journal;

/// <summary>Names a client and a sender: enough to know, before a body is read, that nothing of theirs is open. Two that are
/// the same by chance cost a look into the journal, no more.</summary>
/// <param name="Value">The first 8 octets of an HMAC.</param>
public readonly record struct HandoverHint(ulong Value);
