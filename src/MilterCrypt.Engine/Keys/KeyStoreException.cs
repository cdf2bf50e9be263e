namespace MilterCrypt.Engine.Keys;

/// <summary>A key store can't be opened, read or written; the message says what to do about it.</summary>
public sealed class KeyStoreException : Exception
{
    /// <summary>An error without explanation.</summary>
    public KeyStoreException() { }

    /// <summary>An error that is told to the administrator as it stands.</summary>
    public KeyStoreException(string message) : base(message) { }

    /// <summary>An error that is told to the administrator as it stands.</summary>
    public KeyStoreException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Whether trying again later may help, such as when another process is writing.</summary>
    public bool IsTemporary { get; init; }
}
