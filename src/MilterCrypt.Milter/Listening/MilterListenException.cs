namespace MilterCrypt.Milter.Listening;

/// <summary>A listening socket can't be opened.</summary>
/// <param name="message">A sentence for the administrator, with the address.</param>
/// <param name="inner">The system's error, where there was one.</param>
public sealed class MilterListenException(string message, Exception? inner) : IOException(message, inner);
