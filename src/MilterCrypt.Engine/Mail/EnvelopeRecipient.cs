using System.Globalization;
using System.Text;

namespace MilterCrypt.Engine.Mail;

/// <summary>One RCPT TO.</summary>
/// <param name="Address">The address that the MTA will really use, without angle brackets, UTF-8 decoded.</param>
public sealed record EnvelopeRecipient(string Address)
{
    private const string OriginalRecipient = "ORCPT=";

    /// <summary>The address as the client gave it, without angle brackets.</summary>
    public string Given { get; init; } = Address;

    /// <summary>Its ESMTP arguments, such as <c>NOTIFY=NEVER</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Somebody who gets the message in this one's place: reports name this one still (ORCPT, RFC 3461 §4.2).</summary>
    public EnvelopeRecipient InPlaceOf(MailAddress reader)
    {
        bool isTold = Arguments.Any(static argument => argument.StartsWith(OriginalRecipient, StringComparison.OrdinalIgnoreCase));
        return new EnvelopeRecipient(reader.ToString())
        {
            Arguments = isTold || !Ascii.IsValid(Given) ? Arguments : [.. Arguments, $"{OriginalRecipient}rfc822;{Xtext(Given)}"],
        };
    }

    // RFC 3461 §4.
    private static string Xtext(string text) => string.Concat(text.Select(static c =>
        c is >= '!' and <= '~' and not ('+' or '=') ? c.ToString() : string.Create(CultureInfo.InvariantCulture, $"+{(int)c:X2}")));
}
