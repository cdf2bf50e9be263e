using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Deciding;

/// <summary>Who signs one message.</summary>
public abstract record SigningChoice
{
    private SigningChoice() { }

    /// <summary>Nobody.</summary>
    /// <param name="Reason">Why not, where a rule wished it; else null. For the log.</param>
    public sealed record Nobody(string? Reason) : SigningChoice;

    /// <summary>The author, with a key of his that is held here.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="UserId">The user ID that names him.</param>
    /// <param name="Address">His address.</param>
    public sealed record Author(PublicKey Key, UserId UserId, MailAddress Address) : SigningChoice;

    /// <summary>Nobody can, and it must be.</summary>
    /// <param name="Refusal">What the sender is told.</param>
    /// <param name="Reason">Why, in a few words; for the log.</param>
    public sealed record Impossible(SmtpRefusal Refusal, string Reason) : SigningChoice;
}
