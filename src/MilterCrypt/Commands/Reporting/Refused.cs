namespace MilterCrypt.Commands.Reporting;

/// <summary>Refusals that are alike. What is not counted by is null.</summary>
/// <param name="Sender">The sender's domain; the whole address where it is counted by senders alone.</param>
/// <param name="Recipient">The recipient.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Reply">Code and status.</param>
/// <param name="Reason">Why.</param>
/// <param name="WouldBe">Whether it was not refused, and would be without `mode: report`.</param>
internal sealed record Refused(string? Sender, string? Recipient, string? Rule, string? Reply, string? Reason, bool WouldBe);
