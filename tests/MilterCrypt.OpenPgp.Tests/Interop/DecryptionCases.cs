using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Tests.Messages.Reading;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>Messages that peers encrypt.</summary>
internal static class DecryptionCases
{
    private const string Table = "Messages by the peer";

    /// <summary>In every form that a peer writes.</summary>
    public static IEnumerable<InteropCase> Forms { get; } =
    [
        Form("SEIPD v1", MessageForm.Seipd1, static pair => pair.OldKeyAsync()),
        Form("SEIPD v2, OCB", MessageForm.Seipd2Ocb, static pair => pair.KeyAsync(KeyKind.V6Curve25519)),
        Form("SEIPD v2, EAX", MessageForm.Seipd2Eax, static pair => pair.KeyAsync(KeyKind.V6Curve25519)),
        Form("SEIPD v2, GCM", MessageForm.Seipd2Gcm, static pair => pair.KeyAsync(KeyKind.V6Curve25519)),
        Form("packet 20, OCB", MessageForm.Packet20Ocb, Usual),
        Form("packet 20, EAX", MessageForm.Packet20Eax, Usual),
        Form("recipient not named", MessageForm.Anonymous, Usual),
        Form("without armor", MessageForm.Binary, Usual),
        Form("octets that are no text", MessageForm.Default, Usual, Samples.Octets),
        Form("compressed, ZIP", MessageForm.Zip, Usual),
        Form("compressed, ZLIB", MessageForm.Zlib, Usual),
        Form("compressed, BZip2", MessageForm.Bzip2, Usual),
    ];

    /// <summary>As the peer likes it.</summary>
    public static async Task<Outcome> TheirsIsReadAsync(InteropPair pair, KeyKind kind, PeerKey key) =>
        Judge(key, await pair.Peer.EncryptAsync(key, Samples.Text, MessageForm.Default, sign: false), Samples.Text, static _ => true);

    /// <summary>With a signature inside.</summary>
    public static async Task<Outcome> TheirsSignedIsReadAsync(InteropPair pair, KeyKind kind, PeerKey key)
    {
        CommandResult made = await pair.Peer.EncryptAsync(key, Samples.Text, MessageForm.Default, sign: true);
        return Judge(key, made, Samples.Text, static _ => true) is Outcome.Fails fails
            ? fails
            : SignatureCases.JudgeSignature(Ours.Read(key, made.Output).Content.Signatures);
    }

    private static Task<PeerKey?> Usual(InteropPair pair) => pair.KeyAsync(KeyKind.Cv25519);

    private static InteropCase Form(string row, MessageForm form, Func<InteropPair, Task<PeerKey?>> keyAsync, byte[]? plaintext = null) =>
        new(Table, row, async pair =>
        {
            if (pair.Peer.WhyNotWrite(form) is { } reason)
                return new Outcome.Lacks(reason);
            if (await keyAsync(pair) is not { } key)
                return new Outcome.Untried("nobody here makes such a key");

            CommandResult made = await pair.Peer.EncryptAsync(key, plaintext ?? Samples.Text, form, sign: false);
            return Judge(key, made, plaintext ?? Samples.Text, facts => IsOf(form, facts));
        });

    private static Outcome Judge(PeerKey key, CommandResult made, byte[] expected, Func<EncryptionFacts, bool> isOfForm)
    {
        if (made.ExitCode != 0)
            return new Outcome.Fails($"exit code {made.ExitCode}: {made.Error.Trim()}");

        ReadMessage read = Ours.Read(key, made.Output);
        if (read.Refusal is { } refusal)
            return new Outcome.Fails($"refused: {refusal.Reason}");
        if (!expected.AsSpan().SequenceEqual(read.Text))
            return new Outcome.Fails("what came out is not what went in");
        return read.Content.Encryption is { } facts && isOfForm(facts)
            ? new Outcome.Works()
            : new Outcome.Fails($"wrote something else: {read.Content.Encryption}");
    }

    private static bool IsOf(MessageForm form, EncryptionFacts facts) => form switch
    {
        MessageForm.Seipd1 => facts.Form == EncryptedDataForm.SeipdV1,
        MessageForm.Seipd2Ocb => facts is { Form: EncryptedDataForm.SeipdV2, Mode: AeadAlgorithm.Ocb },
        MessageForm.Seipd2Eax => facts is { Form: EncryptedDataForm.SeipdV2, Mode: AeadAlgorithm.Eax },
        MessageForm.Seipd2Gcm => facts is { Form: EncryptedDataForm.SeipdV2, Mode: AeadAlgorithm.Gcm },
        MessageForm.Packet20Ocb => facts is { Form: EncryptedDataForm.LibrePgpOcb, Mode: AeadAlgorithm.Ocb },
        MessageForm.Packet20Eax => facts is { Form: EncryptedDataForm.LibrePgpOcb, Mode: AeadAlgorithm.Eax },
        _ => true,
    };
}
