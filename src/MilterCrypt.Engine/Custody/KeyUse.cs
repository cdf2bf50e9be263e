namespace MilterCrypt.Engine.Custody;

/// <summary>For which message a secret key is wanted, as the filter says: for the audit, nothing is decided by it.</summary>
/// <param name="MessageId">What logs call the message.</param>
/// <param name="For">In whose name: an address.</param>
public sealed record KeyUse(string MessageId, string For);
