using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.Commands.Sop;

/// <summary>Opens one message with whatever is at hand: session keys first, then all secret keys at once, then one password
/// after the other. Which fits shows at the message's end alone, so each is tried on all of it. Disposal clears what came out.</summary>
internal sealed class SopDecryption(ReadOnlyMemory<byte> message, Pgp pgp) : IDisposable
{
    private readonly List<Func<SessionKeyRequest, SessionKey?>> ways = [];
    private HeldPlaintext held = new(pgp.Buffers);
    private IReadOnlyList<SecretCertificate> secrets = [];
    private MessageRefusal? refusal;
    private SessionKey? used;

    /// <summary>The text, once <see cref="Open"/> returned.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Text => held.Pieces();

    /// <summary>The session key that opened it.</summary>
    public SessionKey SessionKey => used!;

    /// <summary>Tries a session key.</summary>
    public void Try(SopSessionKey key) => ways.Add(wanted => key.For(wanted.PacketVersion, wanted.Cipher));

    /// <summary>Tries secret keys, those that are unlocked.</summary>
    public void Try(SopSecrets keys)
    {
        secrets = keys.All;
        if (secrets.Count > 0)
            ways.Add(wanted => SessionKeyOpener.Open(wanted.Packets, keys.DecryptionKeys, wanted.PacketVersion, wanted.Cipher, pgp.Random));
    }

    /// <summary>Tries a password.</summary>
    public void Try(ReadOnlyMemory<byte> password) => ways.Add(wanted => SessionKeyOpener.OpenWithPassphrase(
        wanted.Passphrases, password.Span, wanted.PacketVersion, wanted.Cipher, S2kLimits.Default, pgp.Random, out _));

    /// <summary>Opens it.</summary>
    /// <param name="signers">Those whose signatures can be verified.</param>
    /// <exception cref="CommandException">Nothing opens it, or it is no encrypted message.</exception>
    public MessageContent Open(IReadOnlyList<Certificate> signers)
    {
        bool isLocked = false;
        for (int i = 0; i < ways.Count; i++)
        {
            if (Read(ways[i], signers, ref isLocked) is { } content)
                return content;
        }

        throw new CommandException(
            isLocked && refusal?.Kind == MessageRefusalKind.NoKey ? SopExitCode.KeyIsProtected : SopExitCode.CannotDecrypt,
            isLocked ? "the key that would open the message is locked, and no password unlocks it" : refusal!.Reason);
    }

    /// <summary>Clears what came out.</summary>
    public void Dispose()
    {
        held.Dispose();
        used?.Dispose();
    }

    private MessageContent? Read(Func<SessionKeyRequest, SessionKey?> open, IReadOnlyList<Certificate> signers, ref bool isLocked)
    {
        Dispose();
        held = new HeldPlaintext(pgp.Buffers);
        using var reader = new MessageReader(held, new ReadingOptions { Policy = pgp.Policy, Clock = pgp.Clock, Buffers = pgp.Buffers });
        reader.Write(message.Span);
        bool isEncrypted = reader.SessionKeyWanted is not null;
        if (reader.SessionKeyWanted is { } wanted)
        {
            isLocked |= IsForLockedKey(wanted);
            used = open(wanted);
            reader.UseSessionKey(used);
        }

        switch (reader.Complete(signers))
        {
            case MessageReading.Read(var content) when isEncrypted:
                return content;
            case MessageReading.Read:
                throw new CommandException(SopExitCode.BadData, "standard input: a message that is not encrypted");
            case MessageReading.Refused(var why):
                refusal = why;
                if (why.Kind == MessageRefusalKind.Malformed)
                    throw new CommandException(SopExitCode.BadData, $"standard input: {why.Reason}");
                if (why.Kind == MessageRefusalKind.TooLarge)
                    throw new CommandException(SopExitCode.Unspecified, $"standard input: {why.Reason}");
                return null;
            default:
                throw new InvalidOperationException("A third kind of reading.");
        }
    }

    private bool IsForLockedKey(SessionKeyRequest wanted) => secrets.SelectMany(static secret => secret.DecryptionKeys).Any(
        key => key.IsLocked && wanted.Packets.Any(packet => packet.Version == wanted.PacketVersion && packet.MayBeFor(key.PublicKey)));
}
