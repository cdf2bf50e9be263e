using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>Sequoia's command line as it was before its first release, in Debian 12.</summary>
public sealed class OldSequoia(PeerHost host, Version version) : IOpenPgpPeer
{
    private const string AsksForPassphrases = "asks for passphrases on a terminal only";

    public string Name => $"sq {version.ToString(2)}";

    public string? WhyNot(KeyUse use, KeyKind kind) => KeyKinds.NewerThanRfc4880(kind) ?? KeyKinds.NotInSequoia(use, kind)
        ?? (use == KeyUse.Make && kind is not (KeyKind.Rsa or KeyKind.Cv25519) ? "makes no such keys" : null);

    public string? WhyNotSign(SignatureForm form) => form == SignatureForm.DetachedText ? "signs octets only" : null;

    public string? WhyNotVerify(SignatureForm form) => null;

    public string? WhyNotWrite(MessageForm form) => form switch
    {
        MessageForm.Default or MessageForm.Binary or MessageForm.Seipd1 => null,
        MessageForm.Zip or MessageForm.Zlib or MessageForm.Bzip2 => null,
        MessageForm.Passphrase => AsksForPassphrases,
        _ => "offers no choice of it",
    };

    public string? WhyNotRead(MessageForm form) => form switch
    {
        MessageForm.Seipd2Ocb => "is older than RFC 9580",
        MessageForm.Passphrase or MessageForm.PassphraseSeipd2 or MessageForm.PassphraseArgon2 => AsksForPassphrases,
        _ => null,
    };

    public async Task<PeerKey> MakeKeyAsync(KeyKind kind)
    {
        using PeerFolder folder = host.NewFolder();
        string[] suite = ["-c", kind == KeyKind.Rsa ? "rsa3k" : "cv25519"];
        string[] files = ["--export", folder.PathOf("key"), "--rev-cert", folder.PathOf("revocation")];
        (await RunAsync(["key", "generate", .. suite, "--userid", "Bob <bob@example.org>", .. files])).OrThrow();
        byte[] certificate = (await RunAsync(["key", "extract-cert", folder.PathOf("key")])).OrThrow().Output;
        return new PeerKey(certificate, folder.Read("key"));
    }

    public async Task<CommandResult> EncryptAsync(PeerKey key, byte[] plaintext, MessageForm form, bool sign)
    {
        using PeerFolder folder = host.NewFolder();
        string[] signing = sign ? ["--signer-key", folder.Write("key", key.SecretKey)] : [];
        string[] options = form switch
        {
            MessageForm.Binary => ["--binary"],
            MessageForm.Zip => ["--compression", "zip"],
            MessageForm.Zlib => ["--compression", "zlib"],
            MessageForm.Bzip2 => ["--compression", "bzip2"],
            _ => [],
        };
        return await RunAsync(["encrypt", .. options, .. signing, "--recipient-cert", folder.Write("certificate", key.Certificate)], plaintext);
    }

    public Task<CommandResult> EncryptAsync(string passphrase, byte[] plaintext, MessageForm form) =>
        throw new NotSupportedException(AsksForPassphrases);

    public async Task<CommandResult> DecryptAsync(PeerKey key, byte[] message, bool isSigned = false)
    {
        using PeerFolder folder = host.NewFolder();
        string[] verifying = isSigned ? ["--signer-cert", folder.Write("certificate", key.Certificate)] : [];
        return await RunAsync(["decrypt", .. verifying, "--recipient-key", folder.Write("key", key.SecretKey)], message);
    }

    public Task<CommandResult> DecryptAsync(string passphrase, byte[] message) => throw new NotSupportedException(AsksForPassphrases);

    public async Task<CommandResult> SignAsync(PeerKey key, byte[] data, SignatureForm form)
    {
        using PeerFolder folder = host.NewFolder();
        string[] options = form switch
        {
            SignatureForm.Detached => ["--detached"],
            SignatureForm.Cleartext => ["--cleartext-signature"],
            _ => [],
        };
        return await RunAsync(["sign", .. options, "--signer-key", folder.Write("key", key.SecretKey)], data);
    }

    public async Task<CommandResult> VerifyAsync(PeerKey key, byte[] signature, byte[] data, SignatureForm form)
    {
        using PeerFolder folder = host.NewFolder();
        string[] verify = ["verify", "--signer-cert", folder.Write("certificate", key.Certificate)];
        return form is SignatureForm.Inline or SignatureForm.Cleartext
            ? await RunAsync(verify, signature)
            : await RunAsync([.. verify, "--detached", folder.Write("signature", signature)], data);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<CommandResult> RunAsync(string[] arguments, byte[]? input = null) => host.RunAsync("sq", arguments, input);
}
