using System.Text;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>A program with the Stateless OpenPGP interface (draft-dkg-openpgp-stateless-cli).</summary>
public sealed class StatelessOpenPgp(StatelessProgram program, PeerHost host, Version version) : IOpenPgpPeer
{
    public string Name => $"{program.Name} {version.ToString(2)}";

    public string? WhyNot(KeyUse use, KeyKind kind) => program.WhyNot(use, kind)
        ?? (program.IsOfRfc9580 ? null : KeyKinds.NewerThanRfc4880(kind))
        ?? (use != KeyUse.Make || program.KeyProfiles.ContainsKey(kind) ? null : "makes no such keys");

    public string? WhyNotVerify(SignatureForm form) => WhyNotSign(form);

    public string? WhyNotSign(SignatureForm form) => form is SignatureForm.Inline or SignatureForm.Cleartext && !program.SignsInline
        ? "has detached signatures only"
        : null;

    public string? WhyNotWrite(MessageForm form) => form switch
    {
        // The recipient's certificate says which version it is.
        MessageForm.Default or MessageForm.Binary or MessageForm.Seipd1 => null,
        MessageForm.Seipd2Ocb when program.IsOfRfc9580 => null,
        MessageForm.Passphrase when !program.IsOfRfc9580 => null,
        _ when program.MessageProfiles.ContainsKey(form) => null,
        _ => "offers no choice of it",
    };

    public string? WhyNotRead(MessageForm form) =>
        form is MessageForm.Seipd2Ocb or MessageForm.PassphraseSeipd2 or MessageForm.PassphraseArgon2 && !program.IsOfRfc9580
            ? "is older than RFC 9580"
            : null;

    public async Task<PeerKey> MakeKeyAsync(KeyKind kind)
    {
        CommandResult secret = await RunAsync("generate-key", [.. Profile(program.KeyProfiles[kind]), "Bob <bob@example.org>"], null);
        CommandResult certificate = await RunAsync("extract-cert", [], secret.OrThrow().Output);
        return new PeerKey(certificate.OrThrow().Output, secret.Output);
    }

    public async Task<CommandResult> EncryptAsync(PeerKey key, byte[] plaintext, MessageForm form, bool sign)
    {
        using PeerFolder folder = host.NewFolder();
        string[] signing = sign ? [$"--sign-with={folder.Write("key", key.SecretKey)}"] : [];
        string[] armor = form == MessageForm.Binary ? ["--no-armor"] : [];
        return await RunAsync("encrypt", [.. signing, .. armor, folder.Write("certificate", key.Certificate)], plaintext);
    }

    public async Task<CommandResult> EncryptAsync(string passphrase, byte[] plaintext, MessageForm form)
    {
        using PeerFolder folder = host.NewFolder();
        string[] profile = Profile(program.MessageProfiles.GetValueOrDefault(form));
        return await RunAsync("encrypt", [.. profile, Passphrase(folder, passphrase)], plaintext);
    }

    public async Task<CommandResult> DecryptAsync(PeerKey key, byte[] message, bool isSigned = false)
    {
        using PeerFolder folder = host.NewFolder();
        string file = folder.Write("key", key.SecretKey);
        if (!isSigned)
            return await RunAsync("decrypt", [file], message);

        string[] verifying =
        [
            $"--verify-with={folder.Write("certificate", key.Certificate)}",
            $"--{program.VerificationsOption}={folder.PathOf("verifications")}",
        ];
        CommandResult result = await RunAsync("decrypt", [.. verifying, file], message);

        // It names the signatures that it found good in that file, and does not fail for want of one.
        return result.ExitCode == 0 && folder.Read("verifications").Length == 0
            ? result with { ExitCode = 1, Error = "no valid signature" }
            : result;
    }

    public async Task<CommandResult> DecryptAsync(string passphrase, byte[] message)
    {
        using PeerFolder folder = host.NewFolder();
        return await RunAsync("decrypt", [Passphrase(folder, passphrase)], message);
    }

    public async Task<CommandResult> SignAsync(PeerKey key, byte[] data, SignatureForm form)
    {
        using PeerFolder folder = host.NewFolder();
        string file = folder.Write("key", key.SecretKey);
        return form switch
        {
            SignatureForm.Detached => await RunAsync("sign", ["--as=binary", file], data),
            SignatureForm.DetachedText => await RunAsync("sign", ["--as=text", file], data),
            SignatureForm.Inline => await RunAsync("inline-sign", ["--as=binary", file], data),
            _ => await RunAsync("inline-sign", ["--as=clearsigned", file], data),
        };
    }

    public async Task<CommandResult> VerifyAsync(PeerKey key, byte[] signature, byte[] data, SignatureForm form)
    {
        using PeerFolder folder = host.NewFolder();
        string certificate = folder.Write("certificate", key.Certificate);
        return form is SignatureForm.Inline or SignatureForm.Cleartext
            ? await RunAsync("inline-verify", [certificate], signature)
            : await RunAsync("verify", [folder.Write("signature", signature), certificate], data);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string[] Profile(string? profile) => profile is null ? [] : [$"--profile={profile}"];

    private static string Passphrase(PeerFolder folder, string passphrase) =>
        $"--with-password={folder.Write("passphrase", Encoding.UTF8.GetBytes(passphrase))}";

    private Task<CommandResult> RunAsync(string command, string[] arguments, byte[]? input) =>
        host.RunAsync(program.Name, [command, .. arguments], input);
}
