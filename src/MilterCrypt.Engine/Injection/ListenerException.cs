namespace MilterCrypt.Engine.Injection;

/// <summary>The MTA's listener broke off, was silent for too long, or said what is no SMTP. It never leaves this
/// folder.</summary>
internal sealed class ListenerException(string message, Exception? inner = null) : Exception(message, inner);
