namespace MilterCrypt.Engine.Injection;

/// <summary>A recipient of a message that goes back to the MTA.</summary>
/// <param name="Address">The address of RCPT TO as the client wrote it, quotes too, without angle brackets.</param>
/// <param name="Arguments">Its ESMTP arguments as the client gave them, such as <c>NOTIFY=NEVER</c>.</param>
public sealed record InjectionRecipient(string Address, IReadOnlyList<string> Arguments);
