namespace MilterCrypt.Engine.Deciding;

/// <summary>Why a recipient or a message is not taken, in the words that its sender reads.</summary>
/// <param name="Code">The SMTP reply code, 4yz or 5yz (RFC 5321 §4.2).</param>
/// <param name="EnhancedStatus">The enhanced status code, of the same class (RFC 3463).</param>
/// <param name="Text">One sentence in ASCII for the sender.</param>
public sealed record SmtpRefusal(int Code, string EnhancedStatus, string Text)
{
    /// <summary>Whether the sender's MTA will try again.</summary>
    public bool IsTemporary => Code < 500;
}
