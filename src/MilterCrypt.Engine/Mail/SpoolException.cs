namespace MilterCrypt.Engine.Mail;

/// <summary>The disk under the spool failed: it is full, read-only, or its directory is not there. The message is to be
/// answered with a temporary failure.</summary>
public sealed class SpoolException : Exception
{
    /// <summary>An error without explanation.</summary>
    public SpoolException() { }

    /// <summary>An error that is told to the administrator as it stands.</summary>
    public SpoolException(string message) : base(message) { }

    /// <summary>An error that is told to the administrator as it stands.</summary>
    public SpoolException(string message, Exception innerException) : base(message, innerException) { }
}
