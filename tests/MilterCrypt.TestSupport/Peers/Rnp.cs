using System.Text;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>RNP, which Thunderbird reads with.</summary>
public sealed class Rnp(PeerHost host, Version version) : IOpenPgpPeer
{
    private const string Owner = "bob@example.org";

    public string Name => $"rnp {version.ToString(2)}";

    private bool AllowsHidden => version >= new Version(0, 17);

    // It would need minutes for an ElGamal key.
    public string? WhyNot(KeyUse use, KeyKind kind) =>
        (use, kind) is (KeyUse.Make, KeyKind.DsaElGamal) ? "is too slow at it" : KeyKinds.NewerThanRfc4880(kind);

    public string? WhyNotSign(SignatureForm form) => form == SignatureForm.DetachedText ? "signs octets only" : null;

    public string? WhyNotVerify(SignatureForm form) => null;

    public string? WhyNotWrite(MessageForm form) => form switch
    {
        MessageForm.Seipd2Ocb or MessageForm.Seipd2Eax or MessageForm.Seipd2Gcm => "does not write it",
        MessageForm.PassphraseSeipd2 or MessageForm.PassphraseArgon2 => "does not write it",
        MessageForm.Anonymous => "always names the key",
        _ => null,
    };

    public string? WhyNotRead(MessageForm form) => form switch
    {
        MessageForm.Seipd2Ocb or MessageForm.PassphraseSeipd2 or MessageForm.PassphraseArgon2 => "does not know it",
        MessageForm.Anonymous when !AllowsHidden => "opens no message that names no key",
        _ => null,
    };

    public async Task<PeerKey> MakeKeyAsync(KeyKind kind)
    {
        using PeerFolder folder = host.NewFolder();

        // What it asks for in this order: the algorithm, then the curve or the size.
        string answers = kind switch
        {
            KeyKind.Rsa => "1\n3072\n",
            KeyKind.Cv25519 => "22\n",
            KeyKind.NistP256 => "19\n1\n",
            KeyKind.NistP384 => "19\n2\n",
            KeyKind.NistP521 => "19\n3\n",
            KeyKind.BrainpoolP256 => "19\n4\n",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, WhyNot(KeyUse.Make, kind)),
        };
        string[] keys = ["--homedir", folder.Root, "--password", ""];
        string[] generate = ["--generate-key", "--expert", "--userid", "Bob <bob@example.org>"];
        (await host.RunAsync("rnpkeys", [.. keys, .. generate], Encoding.ASCII.GetBytes(answers))).OrThrow();
        byte[] certificate = (await host.RunAsync("rnpkeys", [.. keys, "--export-key", Owner])).OrThrow().Output;
        byte[] secret = (await host.RunAsync("rnpkeys", [.. keys, "--export-key", "--secret", Owner])).OrThrow().Output;
        return new PeerKey(certificate, secret);
    }

    public async Task<CommandResult> EncryptAsync(PeerKey key, byte[] plaintext, MessageForm form, bool sign)
    {
        string[] signing = sign ? ["--sign", "--userid", Owner] : [];
        return await RunAsync(sign ? key.SecretKey : key.Certificate, [.. OptionsFor(form), "--encrypt", "--recipient", Owner, .. signing], plaintext);
    }

    public async Task<CommandResult> EncryptAsync(string passphrase, byte[] plaintext, MessageForm form)
    {
        using PeerFolder folder = host.NewFolder();
        string[] home = ["--homedir", folder.Root, "--password", passphrase];
        return await host.RunAsync("rnp", [.. home, .. OptionsFor(form), "--symmetric", "--output", "-"], plaintext);
    }

    public Task<CommandResult> DecryptAsync(PeerKey key, byte[] message, bool isSigned = false)
    {
        string[] hidden = AllowsHidden ? ["--allow-hidden"] : [];
        Task<CommandResult> running = RunAsync(key.SecretKey, ["--decrypt", .. hidden], message);
        return isSigned ? VerifiedAsync(running) : running;
    }

    public async Task<CommandResult> DecryptAsync(string passphrase, byte[] message)
    {
        using PeerFolder folder = host.NewFolder();
        string[] home = ["--homedir", folder.Root, "--password", passphrase];
        return await host.RunAsync("rnp", [.. home, "--decrypt", "--output", "-"], message);
    }

    public Task<CommandResult> SignAsync(PeerKey key, byte[] data, SignatureForm form)
    {
        string[] command = form switch
        {
            SignatureForm.Detached => ["--sign", "--detach"],
            SignatureForm.Inline => ["--sign"],
            _ => ["--clearsign"],
        };
        return RunAsync(key.SecretKey, ["--armor", .. command, "--userid", Owner], data);
    }

    public async Task<CommandResult> VerifyAsync(PeerKey key, byte[] signature, byte[] data, SignatureForm form)
    {
        if (form is SignatureForm.Inline or SignatureForm.Cleartext)
            return await VerifiedAsync(RunAsync(key.Certificate, ["--decrypt"], signature));

        using PeerFolder folder = host.NewFolder();
        string[] source = ["--source", folder.Write("data", data)];
        string[] home = ["--homedir", folder.Root, "--keyfile", folder.Write("key", key.Certificate)];
        return await VerifiedAsync(host.RunAsync("rnp", [.. home, "--verify", .. source, folder.Write("data.sig", signature)]));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task<CommandResult> VerifiedAsync(Task<CommandResult> running)
    {
        CommandResult result = await running;
        bool isSigned = result.Error.Contains("Good signature made", StringComparison.Ordinal);
        return result.ExitCode == 0 && !isSigned ? result with { ExitCode = 1, Error = $"no valid signature: {result.Error}" } : result;
    }

    private static string[] OptionsFor(MessageForm form)
    {
        string[] armor = form == MessageForm.Binary ? [] : ["--armor"];
        string[] more = form switch
        {
            MessageForm.Packet20Ocb => ["--aead=OCB"],
            MessageForm.Packet20Eax => ["--aead=EAX"],
            MessageForm.Zip => ["--zip", "-z", "6"],
            MessageForm.Zlib => ["--zlib", "-z", "6"],
            MessageForm.Bzip2 => ["--bzip", "-z", "6"],
            _ => [],
        };
        return [.. armor, .. more];
    }

    private async Task<CommandResult> RunAsync(byte[] key, string[] arguments, byte[] input)
    {
        using PeerFolder folder = host.NewFolder();
        string[] home = ["--homedir", folder.Root, "--keyfile", folder.Write("key", key), "--password", ""];
        return await host.RunAsync("rnp", [.. home, .. arguments, "--output", "-"], input);
    }
}
