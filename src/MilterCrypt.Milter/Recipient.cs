namespace MilterCrypt.Milter;

/// <summary>One RCPT TO.</summary>
/// <param name="Address">The address without angle brackets, UTF-8 decoded.</param>
/// <param name="Arguments">Its ESMTP arguments, such as <c>NOTIFY=NEVER</c>.</param>
public sealed record Recipient(string Address, IReadOnlyList<string> Arguments)
{
    /// <summary>The address that the MTA will really use ({rcpt_addr}): completed and rewritten by its rules. The same
    /// as <see cref="Address"/> where the MTA tells none, or none that is whole.</summary>
    public string ResolvedAddress { get; init; } = Address;
}
