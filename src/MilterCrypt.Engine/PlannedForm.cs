using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine;

/// <summary>One form of a message, and who gets it.</summary>
/// <param name="Form">The form.</param>
/// <param name="Recipients">Who gets it, one at least.</param>
/// <param name="NamelessKeys">How many of the keys that it is encrypted to are not named in it (RFC 9580 §5.1.8).</param>
public sealed record PlannedForm(MessageForm Form, IReadOnlyList<RecipientOutcome.Accepted> Recipients, int NamelessKeys)
{
    internal static PlannedForm Of(MessageGroup group) => new(group.Form, group.Recipients, group.Keys.All.Count(static key => key.IsAnonymous));
}
