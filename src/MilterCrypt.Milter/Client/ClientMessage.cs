namespace MilterCrypt.Milter.Client;

/// <summary>A message to show to a filter.</summary>
/// <param name="Sender">MAIL FROM as the MTA shows it, such as <c>&lt;a@b.example&gt;</c>, with ESMTP arguments behind
/// it, separated by blanks.</param>
/// <param name="Recipients">Each RCPT TO in the same manner.</param>
/// <param name="Header">The header's fields; values are all bytes behind the colon.</param>
/// <param name="Body">The body, with CRLF line endings.</param>
public sealed record ClientMessage(
    string Sender, IReadOnlyList<string> Recipients, IReadOnlyList<HeaderField> Header, ReadOnlyMemory<byte> Body);
