using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.OpenPgp.Tests.Messages;

/// <summary>A program of others that signs and verifies with a secret key of tests/vectors/openpgp-rfc9580, in a folder of
/// its own.</summary>
internal sealed class SignaturePeer : IAsyncDisposable
{
    public const string Detached = "detached", DetachedText = "detached text", Cleartext = "cleartext", Inline = "inline";

    private readonly TestDirectory _work = new();
    private readonly string _program;

    private SignaturePeer(string program, byte[] secretKey)
    {
        _program = program;
        File.SetUnixFileMode(_work.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllBytes(_work.PathOf("key"), secretKey);
    }

    /// <summary>Which peers make which forms. (gosop 0.0 knows no inline signatures; sq 0.27 has no text mode.)</summary>
    public static IEnumerable<(string Program, string Form)> All =>
        from program in new[] { "gpg", "sq", "sqop", "gosop", "rnp" }
        from form in new[] { Detached, DetachedText, Cleartext, Inline }
        where (program, form) is not (("gosop", Cleartext or Inline) or ("sq" or "rnp", DetachedText))
        select (program, form);

    public static async Task<SignaturePeer> AppearAsync(string program, byte[] secretKey)
    {
        if (!Command.Exists(program))
            Assert.Skip($"{program} is not installed");
        var peer = new SignaturePeer(program, secretKey);
        if (program == "gpg")
        {
            await GnuPgAgent.StartAsync(peer._work.Root);
            await peer.RunAsync([], ["--import", peer._work.PathOf("key")]);
        }
        else
        {
            string[] extract = program == "gosop" ? ["gosop", "extract-cert"] : ["sqop", "extract-cert"];
            if (!Command.Exists(extract[0]))
                Assert.Skip($"{extract[0]} is not installed");
            File.WriteAllBytes(peer._work.PathOf("certificate"), (await Command.RunAsync(extract[0], extract[1..], secretKey)).OrThrow().Output);
        }

        return peer;
    }

    /// <summary>Signs: the output is a signature, or a message.</summary>
    public async Task<byte[]> SignAsync(string form, byte[] data)
    {
        string key = _work.PathOf("key");
        string[] arguments = (_program, form) switch
        {
            ("gpg", Detached) => ["--detach-sign"],
            ("gpg", DetachedText) => ["--textmode", "--detach-sign", "--armor"],
            ("gpg", Cleartext) => ["--clearsign"],
            ("gpg", Inline) => ["-z0", "--sign"],
            ("sq", Detached) => ["sign", "--detached", "--signer-key", key],
            ("sq", Cleartext) => ["sign", "--cleartext-signature", "--signer-key", key],
            ("sq", Inline) => ["sign", "--signer-key", key],
            ("sqop" or "gosop", Detached) => ["sign", key],
            ("sqop" or "gosop", DetachedText) => ["sign", "--as=text", key],
            ("sqop", Cleartext) => ["inline-sign", "--as=clearsigned", key],
            ("sqop", Inline) => ["inline-sign", key],
            ("rnp", Detached) => ["--sign", "--detach", "--output", "-"],
            ("rnp", Cleartext) => ["--clearsign", "--output", "-"],
            ("rnp", Inline) => ["-z", "0", "--sign", "--output", "-"],
            _ => throw new ArgumentOutOfRangeException(nameof(form), form, _program),
        };
        return (await RunAsync(data, arguments)).OrThrow().Output;
    }

    /// <summary>Verifies; throws where the program finds the signature wrong.</summary>
    /// <param name="form">The form.</param>
    /// <param name="signed">The signature, or the message that holds it.</param>
    /// <param name="data">What it is over.</param>
    public async Task VerifyAsync(string form, byte[] signed, byte[] data)
    {
        string certificate = _work.PathOf("certificate"), signature = _work.PathOf("signature"), content = _work.PathOf("data");
        await File.WriteAllBytesAsync(signature, signed);
        await File.WriteAllBytesAsync(content, data);
        bool isDetached = form is Detached or DetachedText;
        string[] arguments = (_program, isDetached) switch
        {
            ("gpg", true) => ["--verify", signature, content],
            ("gpg", false) => ["--verify", signature],
            ("sq", true) => ["verify", "--signer-cert", certificate, "--detached", signature, content],
            ("sq", false) => ["verify", "--signer-cert", certificate, signature],
            ("sqop" or "gosop", true) => ["verify", signature, certificate],
            ("sqop", false) => ["inline-verify", certificate],
            ("rnp", true) => ["--verify", signature, "--source", content],
            ("rnp", false) => ["--verify", signature],
            _ => throw new ArgumentOutOfRangeException(nameof(form), form, _program),
        };
        (await RunAsync(isDetached ? data : signed, arguments)).OrThrow();
    }

    public async ValueTask DisposeAsync()
    {
        if (_program == "gpg")
            await Command.RunAsync("gpgconf", ["--homedir", _work.Root, "--kill", "all"]);
        _work.Dispose();
    }

    private Task<CommandResult> RunAsync(byte[] input, string[] arguments)
    {
        string[] setup = _program switch
        {
            "gpg" => ["--homedir", _work.Root, "--batch", "--no-tty", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", "--trust-model", "always"],
            "rnp" => ["--homedir", _work.Root, "--keyfile", _work.PathOf("key"), "--password", ""],
            _ => [],
        };
        return Command.RunAsync(_program, [.. setup, .. arguments], input);
    }
}
