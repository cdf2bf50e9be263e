using System.Text;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>Sequoia's command line, release 1.</summary>
public sealed class Sequoia(PeerHost host, Version version) : IOpenPgpPeer
{
    public string Name => $"sq {version.ToString(2)}";

    public string? WhyNot(KeyUse use, KeyKind kind) => KeyKinds.NotInSequoia(use, kind) ?? (
        use == KeyUse.Make && kind is not (KeyKind.Rsa or KeyKind.Cv25519 or KeyKind.V6Curve25519 or KeyKind.V6Rsa)
            ? "makes no such keys"
            : null);

    public string? WhyNotSign(SignatureForm form) => null;

    public string? WhyNotVerify(SignatureForm form) => null;

    public string? WhyNotWrite(MessageForm form) => form switch
    {
        // The recipient's certificate says which version it is.
        MessageForm.Default or MessageForm.Binary or MessageForm.Seipd1 or MessageForm.Seipd2Ocb or MessageForm.Passphrase => null,
        MessageForm.Zip or MessageForm.Zlib or MessageForm.Bzip2 => null,
        _ => "offers no choice of it",
    };

    public string? WhyNotRead(MessageForm form) => null;

    public async Task<PeerKey> MakeKeyAsync(KeyKind kind)
    {
        using PeerFolder folder = host.NewFolder();
        string[] suite =
        [
            "--profile", kind is KeyKind.Rsa or KeyKind.Cv25519 ? "rfc4880" : "rfc9580",
            "--cipher-suite", kind is KeyKind.Rsa or KeyKind.V6Rsa ? "rsa3k" : "cv25519",
        ];
        string[] files = ["--output", folder.PathOf("key"), "--rev-cert", folder.PathOf("revocation")];
        string[] owner = ["--own-key", "--userid", "Bob <bob@example.org>", "--without-password"];
        (await RunAsync(["key", "generate", .. owner, .. suite, .. files])).OrThrow();
        string[] certificate = ["--cert-file", folder.PathOf("key"), "--output", folder.PathOf("certificate")];
        (await RunAsync(["key", "delete", .. certificate])).OrThrow();
        return new PeerKey(folder.Read("certificate"), folder.Read("key"));
    }

    public async Task<CommandResult> EncryptAsync(PeerKey key, byte[] plaintext, MessageForm form, bool sign)
    {
        using PeerFolder folder = host.NewFolder();
        string[] signing = sign ? ["--signer-file", folder.Write("key", key.SecretKey)] : ["--without-signature"];
        string[] options = form switch
        {
            MessageForm.Binary => ["--binary"],
            MessageForm.Zip => ["--compression", "zip"],
            MessageForm.Zlib => ["--compression", "zlib"],
            MessageForm.Bzip2 => ["--compression", "bzip2"],
            _ => [],
        };
        return await RunAsync(["encrypt", .. options, .. signing, "--for-file", folder.Write("certificate", key.Certificate)], plaintext);
    }

    public async Task<CommandResult> EncryptAsync(string passphrase, byte[] plaintext, MessageForm form)
    {
        using PeerFolder folder = host.NewFolder();
        string file = folder.Write("passphrase", Encoding.UTF8.GetBytes(passphrase));
        return await RunAsync(["encrypt", "--without-signature", "--with-password-file", file], plaintext);
    }

    public async Task<CommandResult> DecryptAsync(PeerKey key, byte[] message, bool isSigned = false)
    {
        using PeerFolder folder = host.NewFolder();
        string[] verifying = isSigned ? ["--signer-file", folder.Write("certificate", key.Certificate)] : [];
        return await RunAsync(["decrypt", .. verifying, "--recipient-file", folder.Write("key", key.SecretKey)], message);
    }

    public async Task<CommandResult> DecryptAsync(string passphrase, byte[] message)
    {
        using PeerFolder folder = host.NewFolder();
        string file = folder.Write("passphrase", Encoding.UTF8.GetBytes(passphrase));
        return await RunAsync(["--password-file", file, "decrypt"], message);
    }

    public async Task<CommandResult> SignAsync(PeerKey key, byte[] data, SignatureForm form)
    {
        using PeerFolder folder = host.NewFolder();
        string[] options = form switch
        {
            SignatureForm.Detached => ["--signature-file", "-"],
            SignatureForm.DetachedText => ["--mode", "text", "--signature-file", "-"],
            SignatureForm.Inline => ["--message"],
            _ => ["--cleartext"],
        };
        return await RunAsync(["sign", .. options, "--signer-file", folder.Write("key", key.SecretKey)], data);
    }

    public async Task<CommandResult> VerifyAsync(PeerKey key, byte[] signature, byte[] data, SignatureForm form)
    {
        using PeerFolder folder = host.NewFolder();
        string[] verify = ["verify", "--signer-file", folder.Write("certificate", key.Certificate)];
        return form switch
        {
            SignatureForm.Inline => await RunAsync([.. verify, "--message"], signature),
            SignatureForm.Cleartext => await RunAsync([.. verify, "--cleartext"], signature),
            _ => await RunAsync([.. verify, "--signature-file", folder.Write("signature", signature)], data),
        };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<CommandResult> RunAsync(string[] arguments, byte[]? input = null) =>
        host.RunAsync("sq", ["--home", "none", "--batch", .. arguments], input);
}
