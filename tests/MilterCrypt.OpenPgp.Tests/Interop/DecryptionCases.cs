using System.Text;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Tests.Messages;
using MilterCrypt.OpenPgp.Tests.Messages.Reading;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>Messages that peers encrypt and MilterCrypt decrypts.</summary>
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
        Passphrase("passphrase, iterated S2K, SEIPD v1", MessageForm.Passphrase),
        Passphrase("passphrase, iterated S2K, SEIPD v2", MessageForm.PassphraseSeipd2),
        Passphrase("passphrase, Argon2, SEIPD v2", MessageForm.PassphraseArgon2),
    ];

    /// <summary>As the peer likes it.</summary>
    public static async Task<Outcome> TheirsIsReadAsync(InteropPair pair, KeyKind kind, PeerKey key)
    {
        CommandResult made = await pair.Peer.EncryptAsync(key, Samples.Text, MessageForm.Default, sign: false);
        return Judge(made, message => OurReader.Read(key, message), Samples.Text, static _ => new Outcome.Works());
    }

    /// <summary>With a signature inside.</summary>
    public static async Task<Outcome> TheirsSignedIsReadAsync(InteropPair pair, KeyKind kind, PeerKey key)
    {
        CommandResult made = await pair.Peer.EncryptAsync(key, Samples.Text, MessageForm.Default, sign: true);
        return Judge(made, message => OurReader.Read(key, message), Samples.Text, static content => Verdict.On(content.Signatures));
    }

    private static Task<PeerKey?> Usual(InteropPair pair) => pair.KeyAsync(KeyKind.Cv25519);

    private static InteropCase Form(string row, MessageForm form, Func<InteropPair, Task<PeerKey?>> keyAsync, byte[]? plaintext = null) =>
        new(Table, row, async pair =>
        {
            if (pair.Peer.WhyNotWrite(form) is { } reason)
                return new Outcome.Lacks(reason);
            if (await keyAsync(pair) is not { } key)
                return Verdict.Untried;

            CommandResult made = await pair.Peer.EncryptAsync(key, plaintext ?? Samples.Text, form, sign: false);
            return Judge(made, message => OurReader.Read(key, message), plaintext ?? Samples.Text, content => JudgeForm(form, content));
        });

    private static InteropCase Passphrase(string row, MessageForm form) => new(Table, row, async pair =>
    {
        if (pair.Peer.WhyNotWrite(form) is { } reason)
            return new Outcome.Lacks(reason);
        CommandResult made = await pair.Peer.EncryptAsync(Samples.Passphrase, Samples.Text, form);
        return Judge(
            made, message => OurReader.ReadWithPassphrase(Samples.Passphrase, message), Samples.Text, content =>
                HasArgon2(made.Output) == (form == MessageForm.PassphraseArgon2)
                    ? JudgeForm(form, content)
                    : new Outcome.Fails("made another kind of key of the passphrase"));
    });

    private static Outcome Judge(
        CommandResult made, Func<byte[], ReadMessage> read, byte[] expected, Func<MessageContent, Outcome> judgeContent)
    {
        if (made.ExitCode != 0)
            return Verdict.Failed(made);
        ReadMessage message = read(made.Output);
        return message.Refusal is { } refusal ? new Outcome.Fails($"refused: {refusal.Reason}")
            : IsSame(expected, message) ? judgeContent(message.Content)
            : new Outcome.Fails("what came out is not what went in");
    }

    // Text comes with CRLF (RFC 9580 §5.9).
    private static bool IsSame(byte[] expected, ReadMessage message) => message.Content.Format == 'b'
        ? expected.AsSpan().SequenceEqual(message.Text)
        : Encoding.UTF8.GetString(message.Text) == Encoding.UTF8.GetString(expected).ReplaceLineEndings("\r\n");

    // RFC 9580 §3.7.1: the octet that says how the passphrase is hardened is the third in version 4, the sixth in version 6.
    private static bool HasArgon2(byte[] message)
    {
        ReadOnlySpan<byte> body = InlineMessage.Packets(message).First(packet => packet.Tag == PacketTag.SymmetricKeyEncryptedSessionKey).Body.Span;
        return body[body[0] == 6 ? 5 : 2] == 4;
    }

    // A program that was asked for one form and wrote another would prove nothing of the one.
    private static Outcome JudgeForm(MessageForm form, MessageContent content)
    {
        EncryptionFacts? facts = content.Encryption;
        bool isAsked = form switch
        {
            MessageForm.Seipd1 or MessageForm.Passphrase => facts?.Form == EncryptedDataForm.SeipdV1,
            MessageForm.Seipd2Ocb => facts is { Form: EncryptedDataForm.SeipdV2, Mode: AeadAlgorithm.Ocb },
            MessageForm.Seipd2Eax => facts is { Form: EncryptedDataForm.SeipdV2, Mode: AeadAlgorithm.Eax },
            MessageForm.Seipd2Gcm => facts is { Form: EncryptedDataForm.SeipdV2, Mode: AeadAlgorithm.Gcm },
            MessageForm.PassphraseSeipd2 or MessageForm.PassphraseArgon2 => facts?.Form == EncryptedDataForm.SeipdV2,
            MessageForm.Packet20Ocb => facts is { Form: EncryptedDataForm.LibrePgpOcb, Mode: AeadAlgorithm.Ocb },
            MessageForm.Packet20Eax => facts is { Form: EncryptedDataForm.LibrePgpOcb, Mode: AeadAlgorithm.Eax },
            _ => facts is not null,
        };
        return isAsked ? new Outcome.Works() : new Outcome.Fails($"wrote something else: {facts}");
    }
}
