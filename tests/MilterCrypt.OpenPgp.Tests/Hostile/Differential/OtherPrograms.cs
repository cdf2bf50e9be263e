using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.OpenPgp.Tests.Hostile.Differential;

/// <summary>gpg, sq and rnp with one key ring, made once. Each answers for several inputs at a time: null where it refuses one,
/// else what came out.</summary>
internal sealed class OtherPrograms : IAsyncDisposable
{
    private static readonly string[] Wanted = ["gpg", "sq", "rnp"];

    private readonly GnuPgHome gnuPg = new();
    private readonly List<(string Name, IOpenPgpPeer Peer)> peers = [];

    private OtherPrograms()
    {
    }

    /// <summary>The key that all of them have.</summary>
    public PeerKey Key { get; private set; } = new([], []);

    public IReadOnlyList<string> Names => [.. peers.Select(peer => peer.Name)];

    /// <summary>Finds them, and makes a key; null, with the reason, where one is not here.</summary>
    public static async Task<(OtherPrograms? Programs, string? Missing)> FindAsync()
    {
        var found = new OtherPrograms();
        foreach (string name in Wanted)
        {
            switch (await Peer.FindAsync(name))
            {
                case PeerFinding.Found(var peer):
                    found.peers.Add((name, peer));
                    break;
                case PeerFinding.Missing(var reason):
                    await found.DisposeAsync();
                    return (null, reason);
            }
        }

        found.Key = await found.gnuPg.MakeKeyAsync("ed25519", "cv25519");
        return (found, null);
    }

    /// <summary>Decrypts; where <paramref name="isSigned"/>, refuses what has no good signature.</summary>
    public Task<byte[]?[][]> DecryptAsync(IReadOnlyList<byte[]> messages, bool isSigned) => AskAsync(messages, DecryptWithGnuPgAsync, async (peer, message) =>
        Answer(await peer.DecryptAsync(Key, message, isSigned)), isSigned);

    /// <summary>Verifies detached signatures over data: nothing comes out.</summary>
    public Task<byte[]?[][]> VerifyAsync(IReadOnlyList<byte[]> signatures, byte[] data) => AskAsync(signatures, VerifyWithGnuPgAsync, async (peer, signature) =>
        Answer(await peer.VerifyAsync(Key, signature, data, SignatureForm.Detached)) is null ? null : [], data);

    /// <summary>Encrypts to certificates: what comes out is not looked at.</summary>
    public Task<byte[]?[][]> EncryptAsync(IReadOnlyList<byte[]> certificates) => AskAsync(certificates, EncryptWithGnuPgAsync, async (peer, certificate) =>
        Answer(await peer.EncryptAsync(new PeerKey(certificate, []), Honest.Text, MessageForm.Binary, sign: false)) is null ? null : [], 0);

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, peer) in peers)
            await peer.DisposeAsync();
        await gnuPg.DisposeAsync();
    }

    private static byte[]? Answer(CommandResult result) => result.ExitCode == 0 ? result.Output : null;

    // All programs at once, each with one input after the other, but gpg, which takes many.
    private Task<byte[]?[][]> AskAsync<T>(
        IReadOnlyList<byte[]> inputs, Func<IReadOnlyList<byte[]>, T, Task<byte[]?[]>> gnuPgAsync, Func<IOpenPgpPeer, byte[], Task<byte[]?>> othersAsync, T more) =>
        Task.WhenAll(peers.Select(peer => peer.Name == "gpg" ? gnuPgAsync(inputs, more) : AskOneAfterTheOtherAsync(peer.Peer, inputs, othersAsync)));

    private static async Task<byte[]?[]> AskOneAfterTheOtherAsync(IOpenPgpPeer peer, IReadOnlyList<byte[]> inputs, Func<IOpenPgpPeer, byte[], Task<byte[]?>> askAsync)
    {
        var answers = new byte[]?[inputs.Count];
        for (int i = 0; i < inputs.Count; i++)
            answers[i] = await askAsync(peer, inputs[i]);
        return answers;
    }

    // gpg says of each file what became of it, and writes what came out beside it.
    private async Task<byte[]?[]> DecryptWithGnuPgAsync(IReadOnlyList<byte[]> messages, bool isSigned)
    {
        using PeerFolder folder = PeerHost.Machine.NewFolder();
        string[] files = [.. messages.Select((message, i) => folder.Write($"m{i}.gpg", message))];
        CommandResult result = await gnuPg.RunAsync(["--status-fd", "2", "--multifile", "--decrypt", .. files]);
        string[] said = SaidOf(result, messages.Count);
        return [.. said.Select((status, i) =>
            Has(status, "DECRYPTION_OKAY") && !Has(status, "BADSIG") && !Has(status, "NODATA") && !Has(status, "ERROR") && !Has(status, "UNEXPECTED")
            && (!isSigned || Has(status, "VALIDSIG"))
                ? folder.Read($"m{i}")
                : null)];
    }

    private async Task<byte[]?[]> VerifyWithGnuPgAsync(IReadOnlyList<byte[]> signatures, byte[] data)
    {
        var answers = new byte[]?[signatures.Count];
        for (int i = 0; i < signatures.Count; i++)
        {
            CommandResult result = await gnuPg.RunAsync(["--status-fd", "2", "--verify", gnuPg.Write("signature", signatures[i]), gnuPg.Write("data", data)]);
            answers[i] = result.ExitCode == 0 && Has(result.Error, "VALIDSIG") ? [] : null;
        }

        return answers;
    }

    private async Task<byte[]?[]> EncryptWithGnuPgAsync(IReadOnlyList<byte[]> certificates, int more)
    {
        var answers = new byte[]?[certificates.Count];
        for (int i = 0; i < certificates.Count; i++)
        {
            CommandResult result = await gnuPg.RunAsync(["--recipient-file", gnuPg.Write("certificate", certificates[i]), "--encrypt"], Honest.Text);
            answers[i] = result.ExitCode == 0 ? [] : null;
        }

        return answers;
    }

    private static bool Has(string status, string word) => status.Contains($"[GNUPG:] {word}", StringComparison.Ordinal);

    private static string[] SaidOf(CommandResult result, int count)
    {
        string[] parts = result.Error.Split("[GNUPG:] FILE_START");
        string[] said = new string[count];
        for (int i = 0; i < count; i++)
            said[i] = i + 1 < parts.Length ? parts[i + 1] : "";
        return said;
    }
}
