using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>A key ring of GnuPG's in a folder of its own; disposal stops its agent and removes all.</summary>
public sealed class GnuPgHome(PeerHost host) : IAsyncDisposable
{
    private readonly PeerFolder folder = host.NewFolder();
    private Task? agent;

    public GnuPgHome()
        : this(PeerHost.Machine)
    {
    }

    /// <summary>The folder, as gpg knows it.</summary>
    public string Root => folder.Root;

    /// <summary>Where its agent listens, as this test's process knows it.</summary>
    public string AgentSocket => folder.PathSeenOutside("S.gpg-agent");

    /// <summary>Starts the agent, if it does not run.</summary>
    public Task StartAgentAsync() => agent ??= GnuPgAgent.StartAsync(folder.Root, host);

    /// <summary>Ends the agent; what is done with the key ring next starts another.</summary>
    public async Task StopAgentAsync()
    {
        (await host.RunAsync("gpgconf", ["--homedir", folder.Root, "--kill", "gpg-agent"])).OrThrow();
        await Patience.UntilAsync(() => !File.Exists(AgentSocket), () => "the agent still listens");
        agent = null;
    }

    /// <summary>Gives the agent a command of its protocol.</summary>
    public async Task<string> TellAgentAsync(string command)
    {
        await StartAgentAsync();
        return (await host.RunAsync("gpg-connect-agent", ["--homedir", folder.Root, command, "/bye"])).OrThrow().OutputText;
    }

    /// <summary>Runs gpg on this key ring.</summary>
    public async Task<CommandResult> RunAsync(IEnumerable<string> arguments, byte[]? input = null)
    {
        await StartAgentAsync();
        return await host.RunAsync(
            "gpg",
            ["--homedir", folder.Root, "--batch", "--no-tty", "--quiet", "--pinentry-mode", "loopback", "--trust-model", "always", .. arguments],
            input);
    }

    /// <summary>Writes a file for gpg to read, beside the key ring; gives its path.</summary>
    public string Write(string name, byte[] content) => folder.Write(name, content);

    /// <summary>Makes a key pair with an encryption subkey.</summary>
    /// <param name="primary">As gpg names algorithms: rsa3072, ed25519, nistp256.</param>
    /// <param name="subkey">The same: rsa3072, cv25519, nistp256, brainpoolP256r1.</param>
    /// <param name="passphrase">What the secret key is locked with; empty for nothing.</param>
    public async Task<PeerKey> MakeKeyAsync(string primary, string subkey, string passphrase = "")
    {
        (await RunAsync(["--passphrase", passphrase, "--quick-generate-key", "Bob <bob@example.org>", primary, "sign"])).OrThrow();
        string listing = (await RunAsync(["--with-colons", "--list-keys"])).OrThrow().OutputText;
        string fingerprint = listing.Split('\n').First(line => line.StartsWith("fpr:", StringComparison.Ordinal)).Split(':')[9];
        (await RunAsync(["--passphrase", passphrase, "--quick-add-key", fingerprint, subkey, "encr"])).OrThrow();
        byte[] certificate = (await RunAsync(["--export"])).OrThrow().Output;
        byte[] secret = (await RunAsync(["--passphrase", passphrase, "--export-secret-keys"])).OrThrow().Output;
        return new PeerKey(certificate, secret);
    }

    public async Task ImportAsync(PeerKey key) => (await RunAsync(["--import"], key.SecretKey)).OrThrow();

    public Task<CommandResult> DecryptAsync(byte[] message) => RunAsync(["--decrypt"], message);

    /// <summary>Decrypts many messages in one process, which is much faster; throws unless all are whole.</summary>
    public async Task<IReadOnlyList<byte[]>> DecryptAllAsync(IEnumerable<byte[]> messages)
    {
        using PeerFolder work = host.NewFolder();
        var files = new List<string>();
        foreach (byte[] message in messages)
            files.Add(work.Write($"m{files.Count}.gpg", message));

        (await RunAsync(["--multifile", "--decrypt", .. files])).OrThrow();
        return [.. files.Select((_, i) => work.Read($"m{i}"))];
    }

    public async ValueTask DisposeAsync()
    {
        await host.RunAsync("gpgconf", ["--homedir", folder.Root, "--kill", "all"]);
        folder.Dispose();
    }
}
