using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Splitting;

/// <summary>One form of a message that is split.</summary>
/// <param name="Group">Who gets it.</param>
/// <param name="Form">What makes it; null where it is the message as it came.</param>
/// <param name="Changes">What is changed of the header whatever the form.</param>
internal sealed record SplitPart(MessageGroup Group, IBodyForm? Form, IReadOnlyList<HeaderChange> Changes);
