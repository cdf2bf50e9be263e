using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>A program with the Stateless OpenPGP interface (draft-dkg-openpgp-stateless-cli).</summary>
public sealed class StatelessOpenPgp(string program) : IOpenPgpPeer
{
    public string Name => program;

    /// <summary>Makes a key pair as the program likes them.</summary>
    public async Task<PeerKey> MakeKeyAsync()
    {
        byte[] secret = (await Command.RunAsync(program, ["generate-key", "Bob <bob@example.org>"])).OrThrow().Output;
        byte[] certificate = (await Command.RunAsync(program, ["extract-cert"], secret)).OrThrow().Output;
        return new PeerKey(certificate, secret);
    }

    public async Task<CommandResult> DecryptAsync(PeerKey key, byte[] message)
    {
        using var folder = new TestDirectory();
        await File.WriteAllBytesAsync(folder.PathOf("key"), key.SecretKey);
        return await Command.RunAsync(program, ["decrypt", folder.PathOf("key")], message);
    }
}
