using MilterCrypt.Cases.Language;

namespace MilterCrypt.Cases.Filter;

/// <summary>One line of what the filter does.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Message">The message that it is for, counted by MAIL from 1; null for all.</param>
/// <param name="Step">Where it is asked.</param>
/// <param name="Recipient">The RCPT that it is for, counted from 1 in each message; null for all.</param>
/// <param name="Answer">What it does.</param>
public sealed record FilterRule(Place Place, int? Message, FilterStep Step, int? Recipient, FilterAnswer Answer);
