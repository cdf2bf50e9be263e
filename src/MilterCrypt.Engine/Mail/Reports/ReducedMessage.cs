namespace MilterCrypt.Engine.Mail.Reports;

/// <summary>A message whose content was taken out.</summary>
/// <param name="Changes">What becomes of its header.</param>
/// <param name="Body">Its new body: ASCII in lines with CRLF, at most 60 KiB.</param>
/// <param name="IsReport">Whether it still says what became of which message; else a notice is all that it has.</param>
public sealed record ReducedMessage(IReadOnlyList<HeaderChange> Changes, ReadOnlyMemory<byte> Body, bool IsReport);
