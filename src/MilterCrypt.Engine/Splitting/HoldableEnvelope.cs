using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Injection;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Splitting;

/// <summary>Whether mail that is to be held can be handed over on the day of its release: what would stand against it is said now,
/// while the sender hears it.</summary>
internal static class HoldableEnvelope
{
    /// <summary>What a listener may come to offer by then. REQUIRETLS (RFC 8689) is not among it: the connection to it has no TLS.</summary>
    private const SmtpExtensions Possible = SmtpExtensions.SmtpUtf8;

    /// <returns>Null where nothing does.</returns>
    internal static SmtpRefusal? Obstacle(Envelope envelope, IEnumerable<RecipientOutcome.Accepted> held)
    {
        var released = new InjectionEnvelope(
            envelope.GivenSender, envelope.SenderArguments, [.. held.Select(static one => new InjectionRecipient(one.Envelope.Given, one.Envelope.Arguments))]);
        return (EnvelopeSyntax.Fault(released) ?? new EnvelopeCommands(released, Possible).Obstacle()) is { } refused
            ? RefusalWording.NeverReleasable(refused.Code, refused.EnhancedStatus, refused.Text)
            : null;
    }
}
