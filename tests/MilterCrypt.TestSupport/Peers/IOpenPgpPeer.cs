using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>Somebody else's OpenPGP: what it opens, we wrote rightly.</summary>
public interface IOpenPgpPeer
{
    /// <summary>The program's name.</summary>
    string Name { get; }

    /// <summary>Decrypts a message with a secret key and no other; the result's exit code is 0 only where the program
    /// found the message whole.</summary>
    Task<CommandResult> DecryptAsync(PeerKey key, byte[] message);
}
