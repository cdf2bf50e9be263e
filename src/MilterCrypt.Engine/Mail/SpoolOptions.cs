namespace MilterCrypt.Engine.Mail;

/// <summary>Where and how a message's ciphertext waits for its end.</summary>
/// <param name="Directory">Where temporary files are made; each is unlinked as soon as it is open.</param>
/// <param name="MemoryPerMessage">The bytes that a message holds in memory before it takes a file.</param>
public sealed record SpoolOptions(string Directory, int MemoryPerMessage = SpoolOptions.DefaultMemoryPerMessage)
{
    /// <summary>256 KiB: nearly all mail without attachments never touches the disk.</summary>
    public const int DefaultMemoryPerMessage = 256 * 1024;
}
