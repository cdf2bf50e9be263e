namespace MilterCrypt.Milter;

/// <summary>One message's envelope, header and surroundings, growing as the MTA tells them; owned by the session and
/// valid until the message's handler is disposed.</summary>
public sealed class MailTransaction
{
    /// <summary>The sender's address without angle brackets, UTF-8 decoded; empty for the null sender.</summary>
    public required string Sender { get; init; }

    /// <summary>The ESMTP arguments of MAIL FROM, such as <c>BODY=8BITMIME</c>.</summary>
    public required IReadOnlyList<string> SenderArguments { get; init; }
}
