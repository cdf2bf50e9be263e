using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>GnuPG, each time in a home of its own, whose agent is stopped at the end.</summary>
public sealed class GnuPg : IOpenPgpPeer
{
    public string Name => "gpg";

    /// <summary>Makes a key pair with an encryption subkey.</summary>
    /// <param name="primary">As gpg names algorithms: rsa3072, ed25519, nistp256.</param>
    /// <param name="subkey">The same: rsa3072, cv25519, nistp256, brainpoolP256r1.</param>
    public static Task<PeerKey> MakeKeyAsync(string primary, string subkey) => InHomeAsync(async home =>
    {
        (await home.RunAsync(["--passphrase", "", "--quick-generate-key", "Bob <bob@example.org>", primary, "sign"])).OrThrow();
        string listing = (await home.RunAsync(["--with-colons", "--list-keys"])).OrThrow().OutputText;
        string fingerprint = listing.Split('\n').First(line => line.StartsWith("fpr:", StringComparison.Ordinal)).Split(':')[9];
        (await home.RunAsync(["--passphrase", "", "--quick-add-key", fingerprint, subkey, "encr"])).OrThrow();
        byte[] certificate = (await home.RunAsync(["--export"])).OrThrow().Output;
        byte[] secret = (await home.RunAsync(["--export-secret-keys"])).OrThrow().Output;
        return new PeerKey(certificate, secret);
    });

    public Task<CommandResult> DecryptAsync(PeerKey key, byte[] message) => InHomeAsync(async home =>
    {
        (await home.RunAsync(["--import"], key.SecretKey)).OrThrow();
        return await home.RunAsync(["--trust-model", "always", "--decrypt"], message);
    });

    private static async Task<T> InHomeAsync<T>(Func<Home, Task<T>> work)
    {
        using var folder = new TestDirectory();
        File.SetUnixFileMode(folder.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            return await work(new Home(folder.Root));
        }
        finally
        {
            await Command.RunAsync("gpgconf", ["--homedir", folder.Root, "--kill", "all"]);
        }
    }

    private sealed class Home(string path)
    {
        public Task<CommandResult> RunAsync(IEnumerable<string> arguments, byte[]? input = null) => Command.RunAsync(
            "gpg", ["--homedir", path, "--batch", "--no-tty", "--quiet", "--pinentry-mode", "loopback", .. arguments], input);
    }
}
