namespace MilterCrypt.Engine.Journal;

/// <summary>The recipients who get a message in the same form: one message that is injected, one final dot.</summary>
/// <param name="Form">The form's name, such as "openpgp", for who asks later what became of the message.</param>
/// <param name="Recipients">Each recipient's copy.</param>
public sealed record HandoverGroup(string Form, IReadOnlyCollection<HandoverKey> Recipients);
