namespace MilterCrypt.OpenPgp.Messages;

/// <summary>What a scan found.</summary>
public abstract record EncryptedMessageScan
{
    private EncryptedMessageScan() { }

    /// <summary>An encrypted message and nothing beside it.</summary>
    public sealed record Encrypted(MessageRecipients Recipients) : EncryptedMessageScan;

    /// <summary>Something else, or something beside it.</summary>
    /// <param name="Reason">In an administrator's words, such as "text after the armor".</param>
    public sealed record NotEncrypted(string Reason) : EncryptedMessageScan;
}
