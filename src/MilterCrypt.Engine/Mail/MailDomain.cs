using MilterCrypt.Native.LibIdn2;

namespace MilterCrypt.Engine.Mail;

/// <summary>Brings domains into the one form in which they are compared: lower-case A-labels, no final dot.</summary>
public static class MailDomain
{
    /// <summary>Returns false where the text is no domain.</summary>
    /// <param name="text">A domain with U-labels, A-labels or both.</param>
    /// <param name="domain">The domain as lower-case A-labels (RFC 5890 §2.3.2.1), or empty.</param>
    public static bool TryNormalize(string text, out string domain)
    {
        domain = Idn2.ToAscii(text) ?? "";
        return domain.Length > 0;
    }
}
