using System.Text;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport;

/// <summary>Somebody with gpg and a key of their own, in a key ring of their own: what they can't open, nobody else's key
/// opened for them.</summary>
public sealed class Correspondent : IAsyncDisposable
{
    // gpg talks to its agent over a Unix socket below its home, and the path must be short.
    private readonly TestDirectory _home = new();

    private Correspondent(string address) => Address = address;

    public string Address { get; }

    /// <summary>Their public key, armored.</summary>
    public byte[] PublicKey { get; private set; } = [];

    /// <param name="algorithm">As gpg names it: default (RSA, in gpg 2.2), future-default (Curve25519).</param>
    /// <param name="made">The day the key was made, where it isn't today; it is then good for a year.</param>
    public static async Task<Correspondent> AppearAsync(string address, string algorithm, string? made = null)
    {
        var somebody = new Correspondent(address);
        File.SetUnixFileMode(somebody._home.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string[] then = made is null ? [] : ["--faked-system-time", made];
        string[] until = made is null ? [] : ["default", "1y"];
        try
        {
            await GnuPgAgent.StartAsync(somebody._home.Root);
            (await somebody.GpgAsync([.. then, "--passphrase", "", "--quick-generate-key", $"<{address}>", algorithm, .. until])).OrThrow();
            somebody.PublicKey = (await somebody.GpgAsync(["--armor", "--export"])).OrThrow().Output;
            return somebody;
        }
        catch
        {
            await somebody.DisposeAsync();
            throw;
        }
    }

    /// <summary>What gpg makes of a ciphertext; throws where it can't open it or finds it damaged.</summary>
    public async Task<byte[]> OpenAsync(byte[] ciphertext) => (await GpgAsync(["--decrypt"], ciphertext)).OrThrow().Output;

    /// <summary>Their secret key, armored, without a passphrase.</summary>
    public async Task<byte[]> ExportSecretKeyAsync() => (await GpgAsync(["--armor", "--export-secret-keys"])).OrThrow().Output;

    /// <summary>An armored message from them to others, signed inside.</summary>
    public async Task<string> EncryptAsync(byte[] content, params Correspondent[] readers)
    {
        var recipients = new List<string>();
        foreach (var reader in readers)
            recipients.AddRange(["--recipient-file", _home.Write($"{reader.Address}.asc", Encoding.ASCII.GetString(reader.PublicKey))]);
        return (await GpgAsync(["--armor", "--compress-algo", "none", "--sign", "--encrypt", .. recipients], content)).OrThrow().OutputText;
    }

    /// <summary>An armored message signed by them, in clear behind its armor.</summary>
    public async Task<string> SignAsync(byte[] content) => (await GpgAsync(["--armor", "--sign"], content)).OrThrow().OutputText;

    /// <summary>What gpg says of a ciphertext, in its machine-readable lines.</summary>
    public async Task<string> ExamineAsync(byte[] ciphertext)
    {
        var result = await GpgAsync(["--status-fd", "2", "--output", "/dev/null", "--decrypt"], ciphertext);
        return result.Error;
    }

    public static string? Missing() => Command.Exists("gpg") ? null : "gpg is not installed";

    public async ValueTask DisposeAsync()
    {
        await Command.RunAsync("gpgconf", ["--homedir", _home.Root, "--kill", "all"]);
        _home.Dispose();
    }

    public override string ToString() => Address;

    /// <summary>Runs gpg on their key ring.</summary>
    public Task<CommandResult> GpgAsync(IEnumerable<string> arguments, byte[]? input = null) =>
        Command.RunAsync("gpg", ["--homedir", _home.Root, "--batch", "--no-tty", "--quiet", .. arguments], input);
}
