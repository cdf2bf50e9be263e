namespace MilterCrypt.Engine.Mail.Reports;

/// <summary>What is kept of a report.</summary>
/// <param name="Kind">What is reported.</param>
/// <param name="Groups">Its machine-readable fields, in ASCII.</param>
/// <param name="Returned">Fields of the message that it is about, in ASCII; empty where it has none.</param>
internal sealed record KeptReport(ReportKind Kind, string Groups, string Returned);
