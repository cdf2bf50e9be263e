namespace MilterCrypt.Engine.Mail;

/// <summary>The form in which a recipient gets a message.</summary>
public enum MessageForm
{
    /// <summary>As it came.</summary>
    Clear,

    /// <summary>OpenPGP/MIME, encrypted (RFC 3156 §4).</summary>
    OpenPgp,

    /// <summary>A report that can't be encrypted, its content taken out.</summary>
    HeadersOnly,

    /// <summary>Not at all yet: encrypted to the escrow's keys, it is held until there is a key.</summary>
    Held,
}
