using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Deciding;

/// <summary>What must be the same of two recipients for them to get the same bytes.</summary>
/// <param name="Form">The form.</param>
/// <param name="Escrow">Whose keys it is encrypted to beside theirs, as one text.</param>
internal readonly record struct FormNeeds(MessageForm Form, string Escrow);
