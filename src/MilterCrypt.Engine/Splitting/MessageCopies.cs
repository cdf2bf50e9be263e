using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Journal;

namespace MilterCrypt.Engine.Splitting;

/// <summary>The names by which the journal knows one message's copies.</summary>
internal sealed class MessageCopies(HandoverKeys keys, HandoverClient client, string sender, MessageContent content)
{
    /// <summary>Who sends it.</summary>
    internal HandoverHint Hint { get; } = keys.HintOf(client, sender);

    /// <summary>One recipient's.</summary>
    internal HandoverKey Of(RecipientOutcome.Accepted recipient) => keys.KeyOf(client, sender, recipient.Envelope.Given, content);
}
