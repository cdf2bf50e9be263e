namespace MilterCrypt.Engine.Holding;

/// <summary>A held message, or the folder of held messages, can't be read or written; or a held message is not what was written.</summary>
public sealed class HoldingException : Exception
{
    /// <summary>An error without explanation.</summary>
    public HoldingException() { }

    /// <summary>An error that is told to the administrator as it stands.</summary>
    public HoldingException(string message) : base(message) { }

    /// <summary>An error that is told to the administrator as it stands.</summary>
    public HoldingException(string message, Exception? innerException) : base(message, innerException) { }
}
