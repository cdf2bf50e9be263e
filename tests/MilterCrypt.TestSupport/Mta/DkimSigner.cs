using System.Security.Cryptography;
using System.Text.RegularExpressions;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Mta;

/// <summary>OpenDKIM as a filter that signs for one domain, with a key of its own that no DNS knows, and as the judge of its
/// signatures.</summary>
public sealed partial class DkimSigner : IAsyncDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly string _domain;
    private ChildProcess? _process;

    private DkimSigner(string domain) => _domain = domain;

    public MilterSocket Socket => new MilterSocket.Unix(_directory.PathOf("dkim.sock"));

    /// <summary>Why it can't be had here, or null.</summary>
    public static string? Missing() => Command.Exists("opendkim") ? null : "opendkim is not installed";

    public static async Task<DkimSigner> StartAsync(string domain)
    {
        var signer = new DkimSigner(domain);
        try
        {
            using var key = RSA.Create(2048);
            string file = signer._directory.Write("key.pem", key.ExportRSAPrivateKeyPem() + "\n");
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            signer._directory.Write("keys", $"test._domainkey.{domain} v=DKIM1; k=rsa; p={Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())}\n");
            string configuration = signer._directory.Write("sign.conf", $"""
                Mode s
                Domain {domain}
                Selector test
                KeyFile {file}
                Socket {signer.Socket.ForSendmail}
                SignatureAlgorithm rsa-sha256
                Canonicalization relaxed/simple
                UMask 000
                RequireSafeKeys no
                Background no

                """);
            signer._process = ChildProcess.Start("opendkim", ["-f", "-x", configuration]);
            await Patience.UntilAsync(
                async () => signer._process.HasEnded ? throw new InvalidOperationException(signer._process.Said) : await signer.Socket.AnswersAsync(),
                () => "opendkim does not listen: " + signer._process.Said);
            return signer;
        }
        catch
        {
            await signer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether a message has one signature of this signer, over all that it says it is over.</summary>
    public async Task<bool> HasSignedAsync(SinkMessage message, CancellationToken ct)
    {
        string configuration = _directory.Write("verify.conf", $"Mode v\nTestPublicKeys {_directory.PathOf("keys")}\nBackground no\n");
        string file = _directory.PathOf("message.eml");
        await File.WriteAllBytesAsync(file, message.Data, ct);
        var said = (await Command.RunAsync("opendkim", ["-x", configuration, "-t", file], default, ct)).OrThrow();
        return message.Field("DKIM-Signature").Count == 1 && Good().Match(said.OutputText + said.Error) is { Success: true } good && good.Groups[1].Value == _domain;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _directory.Dispose();
    }

    [GeneratedRegex(@"verification \(s=test,? d=([^,]+), 2048-bit key\) succeeded")]
    private static partial Regex Good();
}
