namespace MilterCrypt.Engine.Mail;

/// <summary>One RCPT TO.</summary>
/// <param name="Address">The address that the MTA will really use, without angle brackets, UTF-8 decoded.</param>
public sealed record EnvelopeRecipient(string Address)
{
    /// <summary>The address as the client gave it, without angle brackets.</summary>
    public string Given { get; init; } = Address;

    /// <summary>Its ESMTP arguments, such as <c>NOTIFY=NEVER</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
