namespace MilterCrypt.Engine.Mail;

/// <summary>Brings domains into the one form in which they are compared: lower-case A-labels, no final dot.</summary>
public static class MailDomain
{
    /// <summary>RFC 1035 §2.3.4: 253 characters is what fits into 255 octets on the wire.</summary>
    private const int MaxLength = 253;

    /// <summary>Returns false where the text is no domain.</summary>
    /// <param name="text">A domain with U-labels, A-labels or both.</param>
    /// <param name="domain">The domain as lower-case A-labels (RFC 5890 §2.3.2.1), or empty.</param>
    public static bool TryNormalize(string text, out string domain)
    {
        domain = "";
        if (text.EndsWith('.'))
            text = text[..^1];
        if (text.Length is 0 or > MaxLength)
            return false;

        text = AsciiCase.ToLower(text);
        foreach (string label in text.Split('.'))
        {
            if (label.Length is 0 or > 63)
                return false;
        }
        foreach (char c in text)
        {
            // An underscore is in no host name, yet in mail domains that exist.
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.' or >= '\u0080'))
                return false;
        }
        domain = text;
        return true;
    }
}
