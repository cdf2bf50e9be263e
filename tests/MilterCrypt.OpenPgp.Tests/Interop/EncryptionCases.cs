using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Tests.Messages;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>Messages that MilterCrypt encrypts.</summary>
internal static class EncryptionCases
{
    private const string Table = "Messages by MilterCrypt";

    public static IEnumerable<InteropCase> Forms { get; } =
    [
        Form("SEIPD v1, AES-256", MessageForm.Seipd1, key => Encrypt(key, Samples.Text, EncryptionKeys.V1)),
        Form("SEIPD v2, AES-256 OCB", MessageForm.Seipd2Ocb, key => Encrypt(key, Samples.Text, EncryptionKeys.V2)),
        Form("recipient not named", MessageForm.Anonymous, key => Encrypt(key, Samples.Text, EncryptionKeys.V1, isAnonymous: true)),
        Form("without armor", MessageForm.Binary, key => Encrypt(key, Samples.Text, EncryptionKeys.V1, armor: false)),
        Form("octets that are no text", MessageForm.Default, key => Encrypt(key, Samples.Octets, EncryptionKeys.V1), Samples.Octets),
    ];

    /// <summary>As the certificate prefers it.</summary>
    public static async Task<Outcome> OursIsReadAsync(InteropPair pair, KeyKind kind, PeerKey key)
    {
        if (kind == KeyKind.DsaElGamal)
            return new Outcome.Refused("MilterCrypt encrypts nothing to ElGamal keys");
        return Judge(await pair.Peer.DecryptAsync(key, Encrypt(key, Samples.Text)), Samples.Text);
    }

    /// <summary>Works where a program found all well and wrote what was expected of it.</summary>
    public static Outcome Judge(CommandResult result, byte[] expected)
    {
        if (result.ExitCode != 0)
            return new Outcome.Fails($"exit code {result.ExitCode}: {result.Error.Trim()}");
        return expected.AsSpan().SequenceEqual(result.Output) ? new Outcome.Works() : new Outcome.Fails("what came out is not what went in");
    }

    private static InteropCase Form(string row, MessageForm form, Func<PeerKey, byte[]> encrypt, byte[]? plaintext = null) =>
        new(Table, row, async pair =>
        {
            if (pair.Peer.WhyNotRead(form) is { } reason)
                return new Outcome.Lacks(reason);
            return await pair.KeyAsync(KeyKind.Cv25519) is { } key
                ? Judge(await pair.Peer.DecryptAsync(key, encrypt(key)), plaintext ?? Samples.Text)
                : new Outcome.Untried("nobody here makes such a key");
        });

    private static byte[] Encrypt(
        PeerKey key, byte[] plaintext, RecipientCapabilities? capabilities = null, bool isAnonymous = false, bool armor = true)
    {
        var verdict = Ours.CertificateOf(key).At(DateTimeOffset.UtcNow, AlgorithmPolicy.Default).ForEncryption();
        if (verdict is EncryptionVerdict.Unusable unusable)
            throw new InvalidOperationException($"MilterCrypt takes the certificate for unusable: {unusable.Reason}");

        var recipients = Assert.IsType<EncryptionVerdict.Usable>(verdict).Recipients
            .Select(recipient => new EncryptionRecipient(recipient.Key, capabilities ?? recipient.Capabilities, isAnonymous));
        return Encrypting.Message(plaintext, [.. recipients], new EncryptionOptions { Armor = armor });
    }
}
