namespace MilterCrypt.Engine.Journal;

/// <summary>The journal can't be opened, read or written. A message that needs it is to be answered with a temporary failure,
/// before anything of it is sent.</summary>
public sealed class JournalException : Exception
{
    /// <summary>An error without explanation.</summary>
    public JournalException() { }

    /// <summary>An error that is told to the administrator as it stands.</summary>
    public JournalException(string message) : base(message) { }

    /// <summary>An error that is told to the administrator as it stands.</summary>
    public JournalException(string message, Exception? innerException) : base(message, innerException) { }
}
