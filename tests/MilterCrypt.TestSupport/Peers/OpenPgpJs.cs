using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>OpenPGP.js, which reads all of RFC 9580. Fetched from npm into artifacts/ when it is first wanted.</summary>
public sealed class OpenPgpJs : IOpenPgpPeer
{
    private const string Package = "openpgp@6.3.2";

    private static readonly SemaphoreSlim Fetching = new(1);

    private OpenPgpJs()
    {
    }

    public string Name => "openpgpjs";

    private static string Folder => Repository.PathOf("artifacts/openpgpjs");

    private static string Module => Path.Combine(Folder, "node_modules/openpgp/dist/node/openpgp.mjs");

    private static string Script => Repository.PathOf("tests/MilterCrypt.TestSupport/Peers/openpgp-js.mjs");

    /// <summary>The peer, or null where there is no node, or npm can't fetch the package.</summary>
    public static async Task<OpenPgpJs?> FindAsync()
    {
        if (!Command.Exists("node") || !Command.Exists("npm"))
            return null;

        await Fetching.WaitAsync();
        try
        {
            if (!File.Exists(Module))
            {
                Directory.CreateDirectory(Folder);
                await Command.RunAsync("npm", ["install", "--prefix", Folder, "--no-audit", "--no-fund", Package]);
            }
        }
        finally
        {
            Fetching.Release();
        }

        return File.Exists(Module) ? new OpenPgpJs() : null;
    }

    /// <summary>The certificate of a secret key.</summary>
    public static async Task<PeerKey> ReadKeyAsync(byte[] secretKey) =>
        new((await RunAsync(["extract-cert"], secretKey)).OrThrow().Output, secretKey);

    /// <summary>Makes a key pair of version 6.</summary>
    public static async Task<PeerKey> MakeKeyAsync(string type) => await ReadKeyAsync((await RunAsync(["generate-key", type])).OrThrow().Output);

    public async Task<CommandResult> DecryptAsync(PeerKey key, byte[] message)
    {
        using var folder = new TestDirectory();
        await File.WriteAllBytesAsync(folder.PathOf("key"), key.SecretKey);
        return await RunAsync(["decrypt", folder.PathOf("key")], message);
    }

    /// <summary>Decrypts many messages in one process; throws unless all are whole.</summary>
    public static async Task<IReadOnlyList<byte[]>> DecryptAllAsync(PeerKey key, IEnumerable<byte[]> messages)
    {
        using var work = new TestDirectory();
        await File.WriteAllBytesAsync(work.PathOf("key"), key.SecretKey);
        var files = new List<string>();
        foreach (byte[] message in messages)
        {
            files.Add(work.PathOf($"m{files.Count}"));
            await File.WriteAllBytesAsync(files[^1], message);
        }

        (await RunAsync(["decrypt-files", work.PathOf("key"), .. files])).OrThrow();
        return [.. files.Select(file => File.ReadAllBytes(file + ".out"))];
    }

    private static Task<CommandResult> RunAsync(IEnumerable<string> arguments, byte[]? input = null) =>
        Command.RunAsync("node", [Script, Module, .. arguments], input);
}
