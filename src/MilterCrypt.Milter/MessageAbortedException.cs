namespace MilterCrypt.Milter;

/// <summary>The message whose body is being read will not be completed: the MTA aborted it, was lost, or took too
/// long. Thrown to the reader of the body, so that half a message never looks whole.</summary>
/// <param name="message">What happened.</param>
public sealed class MessageAbortedException(string message) : IOException(message);
