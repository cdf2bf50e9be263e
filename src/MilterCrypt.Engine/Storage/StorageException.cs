namespace MilterCrypt.Engine.Storage;

/// <summary>A data base file can't be opened, read or written; the message says what to do about it. Whoever owns the file makes an
/// exception of its own of it.</summary>
internal sealed class StorageException : Exception
{
    public StorageException() { }

    public StorageException(string message) : base(message) { }

    public StorageException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Whether trying again later may help, such as when another process is writing.</summary>
    public bool IsTemporary { get; init; }
}
