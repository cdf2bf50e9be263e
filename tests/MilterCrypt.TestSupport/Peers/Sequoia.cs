using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>Sequoia's command line.</summary>
public sealed class Sequoia : IOpenPgpPeer
{
    public string Name => "sq";

    public async Task<CommandResult> DecryptAsync(PeerKey key, byte[] message)
    {
        using var folder = new TestDirectory();
        await File.WriteAllBytesAsync(folder.PathOf("key"), key.SecretKey);
        return await Command.RunAsync("sq", ["decrypt", "--recipient-key", folder.PathOf("key")], message);
    }
}
