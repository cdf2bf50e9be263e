using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>RNP, which Thunderbird reads with.</summary>
public sealed class Rnp : IOpenPgpPeer
{
    public string Name => "rnp";

    public async Task<CommandResult> DecryptAsync(PeerKey key, byte[] message)
    {
        using var folder = new TestDirectory();
        await File.WriteAllBytesAsync(folder.PathOf("key"), key.SecretKey);
        string[] arguments =
            ["--homedir", folder.Root, "--keyfile", folder.PathOf("key"), "--password", "", "--decrypt", "--output", "-"];
        return await Command.RunAsync("rnp", arguments, message);
    }
}
