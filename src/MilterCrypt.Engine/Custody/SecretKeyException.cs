namespace MilterCrypt.Engine.Custody;

/// <summary>A secret key can't be used now, though it may be later: its holder is not there, does not answer, or wants a
/// passphrase. The message is the administrator's to read.</summary>
public sealed class SecretKeyException : Exception
{
    /// <summary>An error without explanation.</summary>
    public SecretKeyException() { }

    /// <summary>An error that is told to the administrator as it stands.</summary>
    public SecretKeyException(string message) : base(message) { }

    /// <summary>An error that is told to the administrator as it stands.</summary>
    public SecretKeyException(string message, Exception innerException) : base(message, innerException) { }
}
