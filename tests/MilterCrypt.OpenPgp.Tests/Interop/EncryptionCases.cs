using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Tests.Messages;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>Messages that MilterCrypt encrypts and peers decrypt.</summary>
internal static class EncryptionCases
{
    private const string Table = "Messages by MilterCrypt";

    private static readonly EncryptionOptions Binary = new() { Armor = false };

    public static IEnumerable<InteropCase> Forms { get; } =
    [
        Form("SEIPD v1, AES-256", MessageForm.Seipd1, key => OurWriter.Encrypt(key, Samples.Text, EncryptionKeys.V1)),
        Form("SEIPD v2, AES-256 OCB", MessageForm.Seipd2Ocb, key => OurWriter.Encrypt(key, Samples.Text, EncryptionKeys.V2)),
        Form("recipient not named", MessageForm.Anonymous, key => OurWriter.Encrypt(key, Samples.Text, EncryptionKeys.V1, isAnonymous: true)),
        Form("without armor", MessageForm.Binary, key => OurWriter.Encrypt(key, Samples.Text, EncryptionKeys.V1, Binary)),
        Form("octets that are no text", MessageForm.Default, key => OurWriter.Encrypt(key, Samples.Octets, EncryptionKeys.V1), Samples.Octets),
        Passphrase("passphrase, iterated S2K, SEIPD v1", MessageForm.Passphrase, needsRfc9580: false),
        Passphrase("passphrase, Argon2, SEIPD v2", MessageForm.PassphraseArgon2, needsRfc9580: true),
    ];

    /// <summary>As the certificate prefers it.</summary>
    public static async Task<Outcome> OursIsReadAsync(InteropPair pair, KeyKind kind, PeerKey key) => kind == KeyKind.DsaElGamal
        ? new Outcome.Refused("encrypts nothing to ElGamal keys")
        : Verdict.On(await pair.Peer.DecryptAsync(key, await OurWriter.EncryptAsync(key, Samples.Text)), Samples.Text);

    /// <summary>With a signature inside, which the peer misses where it is missing.</summary>
    public static async Task<Outcome> OursSignedIsReadAsync(InteropPair pair, KeyKind kind, PeerKey key)
    {
        if (kind == KeyKind.DsaElGamal)
            return new Outcome.Refused("encrypts nothing to ElGamal keys");

        byte[] unsigned = await OurWriter.EncryptAsync(key, Samples.Text);
        if (Verdict.On(await pair.Peer.DecryptAsync(key, unsigned, isSigned: true), Samples.Text) is Outcome.Works)
            return new Outcome.Fails("takes a message without a signature for signed");
        byte[] signed = await OurWriter.SignAndEncryptAsync(key, Samples.Text);
        return Verdict.On(await pair.Peer.DecryptAsync(key, signed, isSigned: true), Samples.Text);
    }

    private static InteropCase Form(string row, MessageForm form, Func<PeerKey, byte[]> encrypt, byte[]? plaintext = null) =>
        new(Table, row, async pair =>
        {
            if (pair.Peer.WhyNotRead(form) is { } reason)
                return new Outcome.Lacks(reason);
            return await pair.KeyAsync(KeyKind.Cv25519) is { } key
                ? Verdict.On(await pair.Peer.DecryptAsync(key, encrypt(key)), plaintext ?? Samples.Text)
                : Verdict.Untried;
        });

    private static InteropCase Passphrase(string row, MessageForm form, bool needsRfc9580) => new(Table, row, async pair =>
    {
        if (pair.Peer.WhyNotRead(form) is { } reason)
            return new Outcome.Lacks(reason);
        byte[] message = OurWriter.EncryptForPassphrase(Samples.Passphrase, Samples.Text, needsRfc9580);
        return Verdict.On(await pair.Peer.DecryptAsync(Samples.Passphrase, message), Samples.Text);
    });
}
