namespace MilterCrypt.Milter;

/// <summary>One RCPT TO.</summary>
/// <param name="Address">The address without angle brackets, UTF-8 decoded.</param>
/// <param name="Arguments">Its ESMTP arguments, such as <c>NOTIFY=NEVER</c>.</param>
public sealed record Recipient(string Address, IReadOnlyList<string> Arguments);
