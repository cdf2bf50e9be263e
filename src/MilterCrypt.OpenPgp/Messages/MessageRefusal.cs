namespace MilterCrypt.OpenPgp.Messages;

/// <summary>Why a message was not read.</summary>
/// <param name="Kind">The reason, for a program.</param>
/// <param name="Reason">The reason, in an administrator's words, such as "a packet that is cut short".</param>
public sealed record MessageRefusal(MessageRefusalKind Kind, string Reason)
{
    /// <summary>The one answer to all that may go wrong once a secret key was used: a wrong padding, another cipher, a forged
    /// or shortened text. To tell them apart would help who sends forgeries and watches what becomes of them (RFC 9580 §13.4).</summary>
    public static MessageRefusal Undecryptable { get; } = new(MessageRefusalKind.Undecryptable, "the message can't be decrypted");
}

/// <summary>Why a message was not read.</summary>
public enum MessageRefusalKind
{
    /// <summary>It is no OpenPGP message (RFC 9580 §10.3), or not a whole one.</summary>
    Malformed,

    /// <summary>It is encrypted without integrity protection (RFC 9580 §5.7), so that its text may be anybody's.</summary>
    NoIntegrity,

    /// <summary>It has a form or an algorithm that is not supported.</summary>
    Unsupported,

    /// <summary>It is not encrypted to any of the keys.</summary>
    NoKey,

    /// <summary>A key was tried, and no text came out that is what its maker encrypted.</summary>
    Undecryptable,

    /// <summary>More came out than the reader allows.</summary>
    TooLarge,
}
