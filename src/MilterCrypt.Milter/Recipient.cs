namespace MilterCrypt.Milter;

/// <summary>One RCPT TO.</summary>
/// <param name="Address">The address without angle brackets, UTF-8 decoded.</param>
/// <param name="Arguments">Its ESMTP arguments, such as <c>NOTIFY=NEVER</c>.</param>
public sealed record Recipient(string Address, IReadOnlyList<string> Arguments)
{
    // What Sendmail and Postfix name as the mailer of a recipient that they have refused themselves.
    private const string ErrorMailer = "error";

    /// <summary>The address that the MTA will really use ({rcpt_addr}): completed and rewritten by its rules. The same
    /// as <see cref="Address"/> where the MTA tells none, or none that is whole.</summary>
    public string ResolvedAddress { get; init; } = Address;

    /// <summary>The address just as the MTA wrote it, with the brackets that it may have: taking a recipient away must
    /// name it like this, its case included.</summary>
    public string Given { get; init; } = $"<{Address}>";

    /// <summary>What will deliver it ({rcpt_mailer}): Postfix's transport or Sendmail's mailer, such as <c>smtp</c> or
    /// <c>local</c>; null when the MTA tells none.</summary>
    public string? Mailer { get; init; }

    /// <summary>Which host it will be delivered to ({rcpt_host}); null when the MTA tells none. Of a recipient that the
    /// MTA has refused: the enhanced status code.</summary>
    public string? Host { get; init; }

    /// <summary>Whether the MTA has refused this recipient, or will return its mail: {rcpt_mailer} is <c>error</c>, and
    /// {rcpt_addr} the reason.</summary>
    public bool IsRefusedByMta => Mailer == ErrorMailer;

    /// <summary>The arguments that standards define.</summary>
    public RecipientParameters Parameters => RecipientParameters.Read(Arguments);
}
