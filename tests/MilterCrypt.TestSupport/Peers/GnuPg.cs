using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>GnuPG, with a home of its own for each key.</summary>
public sealed class GnuPg(PeerHost host, Version version) : IOpenPgpPeer
{
    private const string Unwritten = "does not write it", Unread = "does not know it";

    private readonly Dictionary<PeerKey, GnuPgHome> homes = [];

    public string Name => $"gpg {version.ToString(2)}";

    // From 2.3 on it writes its own packet 20 wherever a certificate allows that.
    private bool HasOcb => version >= new Version(2, 3);

    /// <summary>Makes a key pair on this machine; see <see cref="GnuPgHome.MakeKeyAsync"/>.</summary>
    public static async Task<PeerKey> MakeKeyAsync(string primary, string subkey)
    {
        await using var home = new GnuPgHome();
        return await home.MakeKeyAsync(primary, subkey);
    }

    /// <summary>Decrypts on this machine, with a secret key and no other.</summary>
    public static async Task<CommandResult> OpenAsync(PeerKey key, byte[] message)
    {
        await using var home = new GnuPgHome();
        await home.ImportAsync(key);
        return await home.DecryptAsync(message);
    }

    public string? WhyNot(KeyUse use, KeyKind kind) => KeyKinds.NewerThanRfc4880(kind);

    public string? WhyNotSign(SignatureForm form) => null;

    public string? WhyNotVerify(SignatureForm form) => null;

    public string? WhyNotWrite(MessageForm form) => form switch
    {
        MessageForm.Seipd2Ocb or MessageForm.Seipd2Eax or MessageForm.Seipd2Gcm or MessageForm.PassphraseSeipd2 or MessageForm.PassphraseArgon2 => Unwritten,
        MessageForm.Packet20Eax => Unwritten,
        MessageForm.Packet20Ocb => HasOcb ? null : Unwritten,
        _ => null,
    };

    public string? WhyNotRead(MessageForm form) =>
        form is MessageForm.Seipd2Ocb or MessageForm.PassphraseSeipd2 or MessageForm.PassphraseArgon2 ? Unread : null;

    public async Task<PeerKey> MakeKeyAsync(KeyKind kind)
    {
        (string primary, string subkey) = kind switch
        {
            KeyKind.Rsa => ("rsa3072", "rsa3072"),
            KeyKind.Cv25519 => ("ed25519", "cv25519"),
            KeyKind.NistP256 => ("nistp256", "nistp256"),
            KeyKind.NistP384 => ("nistp384", "nistp384"),
            KeyKind.NistP521 => ("nistp521", "nistp521"),
            KeyKind.BrainpoolP256 => ("brainpoolP256r1", "brainpoolP256r1"),
            KeyKind.DsaElGamal => ("dsa2048", "elg2048"),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, WhyNot(KeyUse.Make, kind)),
        };
        var home = new GnuPgHome(host);
        try
        {
            PeerKey key = await home.MakeKeyAsync(primary, subkey);
            homes.Add(key, home);
            return key;
        }
        catch
        {
            await home.DisposeAsync();
            throw;
        }
    }

    public async Task<CommandResult> EncryptAsync(PeerKey key, byte[] plaintext, MessageForm form, bool sign)
    {
        GnuPgHome home = await HomeAsync(key);
        string recipient = form == MessageForm.Anonymous ? "--hidden-recipient-file" : "--recipient-file";
        string[] signing = sign ? ["--sign"] : [];
        return await home.RunAsync(
            [.. OptionsFor(form), recipient, home.Write("certificate", key.Certificate), .. signing, "--encrypt"], plaintext);
    }

    public async Task<CommandResult> EncryptAsync(string passphrase, byte[] plaintext, MessageForm form)
    {
        await using var home = new GnuPgHome(host);
        return await home.RunAsync([.. OptionsFor(form), "--passphrase", passphrase, "--symmetric"], plaintext);
    }

    public async Task<CommandResult> DecryptAsync(PeerKey key, byte[] message, bool isSigned = false)
    {
        GnuPgHome home = await HomeAsync(key);
        return isSigned ? await VerifyAsync(home, ["--decrypt"], message) : await home.DecryptAsync(message);
    }

    public async Task<CommandResult> DecryptAsync(string passphrase, byte[] message)
    {
        await using var home = new GnuPgHome(host);
        return await home.RunAsync(["--passphrase", passphrase, "--decrypt"], message);
    }

    public async Task<CommandResult> SignAsync(PeerKey key, byte[] data, SignatureForm form)
    {
        string[] command = form switch
        {
            SignatureForm.Detached => ["--detach-sign"],
            SignatureForm.DetachedText => ["--textmode", "--detach-sign"],
            SignatureForm.Inline => ["--sign"],
            _ => ["--clear-sign"],
        };
        return await (await HomeAsync(key)).RunAsync(["--armor", .. command], data);
    }

    public async Task<CommandResult> VerifyAsync(PeerKey key, byte[] signature, byte[] data, SignatureForm form)
    {
        GnuPgHome home = await HomeAsync(key);
        return form is SignatureForm.Inline or SignatureForm.Cleartext
            ? await VerifyAsync(home, ["--decrypt"], signature)
            : await VerifyAsync(home, ["--verify", home.Write("signature", signature), home.Write("data", data)]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (GnuPgHome home in homes.Values)
            await home.DisposeAsync();
    }

    // An exit code of 0 doesn't say that there was a signature.
    private static async Task<CommandResult> VerifyAsync(GnuPgHome home, string[] command, byte[]? input = null)
    {
        CommandResult result = await home.RunAsync(["--status-fd", "2", .. command], input);
        bool isSigned = result.Error.Contains("[GNUPG:] VALIDSIG ", StringComparison.Ordinal);
        return result.ExitCode == 0 && !isSigned ? result with { ExitCode = 1, Error = "no valid signature" } : result;
    }

    private string[] OptionsFor(MessageForm form)
    {
        string[] armor = form == MessageForm.Binary ? [] : ["--armor"];
        string[] cipher = form switch
        {
            MessageForm.Seipd1 or MessageForm.Passphrase when HasOcb => ["--rfc4880"],
            MessageForm.Packet20Ocb => ["--force-ocb"],
            _ => [],
        };
        string[] compression = form switch
        {
            MessageForm.Zip => ["--compress-algo", "zip"],
            MessageForm.Zlib => ["--compress-algo", "zlib"],
            MessageForm.Bzip2 => ["--compress-algo", "bzip2"],
            _ => [],
        };
        return [.. cipher, .. armor, .. compression];
    }

    private async Task<GnuPgHome> HomeAsync(PeerKey key)
    {
        if (homes.TryGetValue(key, out GnuPgHome? known))
            return known;
        var home = new GnuPgHome(host);
        homes.Add(key, home);
        await home.ImportAsync(key);
        return home;
    }
}
