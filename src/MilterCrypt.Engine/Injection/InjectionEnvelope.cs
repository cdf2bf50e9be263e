namespace MilterCrypt.Engine.Injection;

/// <summary>The envelope with which a message goes back to the MTA.</summary>
/// <param name="Sender">The address of MAIL FROM as the client wrote it, quotes too, without angle brackets; empty for the null
/// sender.</param>
/// <param name="SenderArguments">Its ESMTP arguments as the client gave them, such as <c>BODY=8BITMIME</c>.</param>
/// <param name="Recipients">Who is to have this form of it; at least one.</param>
public sealed record InjectionEnvelope(
    string Sender, IReadOnlyList<string> SenderArguments, IReadOnlyList<InjectionRecipient> Recipients);
