using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>OpenPGP.js, which knows all of RFC 9580. Fetched from npm into artifacts/ when it is first wanted.</summary>
public sealed class OpenPgpJs : IOpenPgpPeer
{
    /// <summary>Why there is none.</summary>
    public const string Missing = "OpenPGP.js can't be had: no node or no npm registry";

    private const string Version = "6.3.2";

    private static readonly SemaphoreSlim Fetching = new(1);

    private readonly OpenPgpJsService service = new(Module);

    private OpenPgpJs()
    {
    }

    public string Name => $"OpenPGP.js {System.Version.Parse(Version).ToString(2)}";

    private static string Folder => Repository.PathOf("artifacts/openpgpjs");

    private static string Module => Path.Combine(Folder, "node_modules/openpgp/dist/node/openpgp.mjs");

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
                await Command.RunAsync("npm", ["install", "--prefix", Folder, "--no-audit", "--no-fund", $"openpgp@{Version}"]);
            }
        }
        finally
        {
            Fetching.Release();
        }

        return File.Exists(Module) ? new OpenPgpJs() : null;
    }

    public string? WhyNot(KeyUse use, KeyKind kind) => kind switch
    {
        KeyKind.DsaElGamal => "takes DSA for too weak",
        KeyKind.BrainpoolP256 => "verifies no brainpool signatures under node",
        _ => null,
    };

    public string? WhyNotSign(SignatureForm form) => null;

    public string? WhyNotVerify(SignatureForm form) => null;

    public string? WhyNotWrite(MessageForm form) => form switch
    {
        MessageForm.Packet20Ocb or MessageForm.Packet20Eax => "knows no packet 20",
        MessageForm.Bzip2 => "only reads it",
        _ => null,
    };

    public string? WhyNotRead(MessageForm form) => null;

    /// <summary>The certificate of a secret key.</summary>
    public async Task<PeerKey> ReadKeyAsync(byte[] secretKey)
    {
        using PeerFolder folder = PeerHost.Machine.NewFolder();
        (await service.AskAsync(new() { Command = "extractCertificate", Key = folder.Write("key", secretKey), Certificate = folder.PathOf("certificate") })).OrThrow();
        return new PeerKey(folder.Read("certificate"), secretKey);
    }

    /// <summary>Locks a secret key with a passphrase.</summary>
    public async Task<byte[]> LockKeyAsync(byte[] secretKey, string passphrase, LockForm form)
    {
        using PeerFolder folder = PeerHost.Machine.NewFolder();
        var request = new OpenPgpJsRequest
        {
            Command = "lockKey", Form = form.ToString(), Passphrase = passphrase, Key = folder.Write("key", secretKey), Output = folder.PathOf("output"),
        };
        (await service.AskAsync(request)).OrThrow();
        return folder.Read("output");
    }

    /// <summary>Unlocks a secret key; throws where the passphrase is not the right one.</summary>
    public async Task<byte[]> UnlockKeyAsync(byte[] secretKey, string passphrase)
    {
        using PeerFolder folder = PeerHost.Machine.NewFolder();
        string key = folder.Write("key", secretKey);
        (await service.AskAsync(new() { Command = "unlockKey", Passphrase = passphrase, Key = key, Output = folder.PathOf("output") })).OrThrow();
        return folder.Read("output");
    }

    public async Task<PeerKey> MakeKeyAsync(KeyKind kind)
    {
        using PeerFolder folder = PeerHost.Machine.NewFolder();
        (await service.AskAsync(new() { Command = "makeKey", Kind = kind.ToString(), Key = folder.PathOf("key"), Certificate = folder.PathOf("certificate") })).OrThrow();
        return new PeerKey(folder.Read("certificate"), folder.Read("key"));
    }

    public Task<CommandResult> EncryptAsync(PeerKey key, byte[] plaintext, MessageForm form, bool sign) =>
        AskAsync(new() { Command = "encrypt", Form = form.ToString(), Sign = sign }, plaintext, key);

    public Task<CommandResult> EncryptAsync(string passphrase, byte[] plaintext, MessageForm form) =>
        AskAsync(new() { Command = "encrypt", Form = form.ToString(), Passphrase = passphrase }, plaintext);

    public Task<CommandResult> DecryptAsync(PeerKey key, byte[] message, bool isSigned = false) =>
        AskAsync(new() { Command = "decrypt", Signed = isSigned }, message, key);

    public Task<CommandResult> DecryptAsync(string passphrase, byte[] message) =>
        AskAsync(new() { Command = "decrypt", Passphrase = passphrase }, message);

    public Task<CommandResult> SignAsync(PeerKey key, byte[] data, SignatureForm form) =>
        AskAsync(new() { Command = "sign", Form = form.ToString() }, data, key);

    public Task<CommandResult> VerifyAsync(PeerKey key, byte[] signature, byte[] data, SignatureForm form) =>
        AskAsync(new() { Command = "verify", Form = form.ToString() }, data, key, signature);

    public ValueTask DisposeAsync() => service.DisposeAsync();

    private async Task<CommandResult> AskAsync(OpenPgpJsRequest request, byte[] data, PeerKey? key = null, byte[]? signature = null)
    {
        using PeerFolder folder = PeerHost.Machine.NewFolder();
        CommandResult result = await service.AskAsync(request with
        {
            Key = key is null ? null : folder.Write("key", key.SecretKey),
            Data = folder.Write("data", data),
            Signature = signature is null ? null : folder.Write("signature", signature),
            Output = folder.PathOf("output"),
        });
        return result with { Output = folder.Read("output") };
    }
}
