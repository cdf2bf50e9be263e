using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Deciding;

/// <summary>What is known of the key of one who reads mail: a recipient himself, a reader of an alias, a holder of escrow keys.</summary>
/// <param name="Reader">Who reads it.</param>
/// <param name="Under">The address under which the answer was found: the reader's, or his without its tag.</param>
/// <param name="Answer">What is known.</param>
public sealed record KeyFinding(MailAddress Reader, MailAddress Under, KeyAnswer Answer);
