using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>GnuPG, each time in a home of its own.</summary>
public sealed class GnuPg : IOpenPgpPeer
{
    public string Name => "gpg";

    public async Task<CommandResult> DecryptAsync(PeerKey key, byte[] message)
    {
        await using var home = new GnuPgHome();
        await home.ImportAsync(key);
        return await home.DecryptAsync(message);
    }

    /// <summary>Makes a key pair; see <see cref="GnuPgHome.MakeKeyAsync"/>.</summary>
    public static async Task<PeerKey> MakeKeyAsync(string primary, string subkey)
    {
        await using var home = new GnuPgHome();
        return await home.MakeKeyAsync(primary, subkey);
    }
}
