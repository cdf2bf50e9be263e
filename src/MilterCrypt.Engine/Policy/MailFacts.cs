using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>What rules can ask of a message, as far as it is known: they learn more as the message comes in.</summary>
/// <param name="Envelope">What was known when it began.</param>
public sealed record MailFacts(Envelope Envelope)
{
    /// <summary>Its header's fields; null before they are known.</summary>
    public IReadOnlyList<HeaderField>? Header
    {
        get;
        init
        {
            field = value;
            Traits = value is null ? null : new HeaderTraits(value);
        }
    }

    /// <summary>The length of header and body in octets; null before it is known.</summary>
    public long? Length { get; init; }

    /// <summary>What rules ask of the header; null before it is known.</summary>
    internal HeaderTraits? Traits { get; private init; }
}
