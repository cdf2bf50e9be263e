using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>Open this session key.</summary>
internal sealed class OpenQuestion : IFrameContent
{
    private readonly byte[] messageId, inNameOf;

    private OpenQuestion(
        IReadOnlyList<Fingerprint> keys, IReadOnlyList<EncryptedSessionKey> packets, int packetVersion, SymmetricAlgorithm? cipher, KeyUse use)
    {
        Keys = keys;
        Packets = packets;
        PacketVersion = packetVersion;
        Cipher = cipher;
        Use = use;
        messageId = HolderProtocol.TextOf(use.MessageId);
        inNameOf = HolderProtocol.TextOf(use.For);
    }

    public IReadOnlyList<Fingerprint> Keys { get; }

    /// <summary>The keys themselves, on the asker's side; empty on the other.</summary>
    public IReadOnlyList<PublicKey> Asked { get; private init; } = [];

    public IReadOnlyList<EncryptedSessionKey> Packets { get; }

    public int PacketVersion { get; }

    public SymmetricAlgorithm? Cipher { get; }

    public KeyUse Use { get; }

    public FrameKind Kind => FrameKind.Open;

    public int Length => 1 + 1 + 1 + Keys.Sum(FieldWriter.LengthOf) + 1 + Packets.Sum(static packet => 2 + packet.Body.Length)
        + 2 + messageId.Length + 2 + inNameOf.Length;

    /// <summary>What is to be asked about a message; null where none of its packets is for any of the keys. Packets that the
    /// opener would never try are left out: <see cref="SessionKeyOpener.MaxNamedTries"/> of those that name a key are enough,
    /// and as many of those that name nobody.</summary>
    public static OpenQuestion? Of(SessionKeyRequest wanted, IReadOnlyList<PublicKey> keys, KeyUse use)
    {
        var asked = keys.Take(HolderProtocol.MaxKeys).ToList();
        var left = new Dictionary<(Fingerprint, bool), int>();
        var packets = new List<EncryptedSessionKey>();
        int room = HolderProtocol.MaxQuestion - (HolderProtocol.MaxKeys * (1 + Fingerprint.LengthV6)) - (3 * HolderProtocol.MaxText);
        foreach (var packet in wanted.Packets.Where(packet => packet.Version == wanted.PacketVersion))
        {
            if (packets.Count == HolderProtocol.MaxPackets || !asked.Any(key => packet.MayBeFor(key) && IsNeeded(packet, key)))
                continue;
            // What doesn't fit is no honest message's.
            room -= 2 + packet.Body.Length;
            if (room < 0)
                break;
            packets.Add(packet);
        }

        return packets.Count == 0
            ? null
            : new OpenQuestion([.. asked.Select(static key => key.Fingerprint)], packets, wanted.PacketVersion, wanted.Cipher, use) { Asked = asked };

        bool IsNeeded(EncryptedSessionKey packet, PublicKey key)
        {
            int most = packet.IsAnonymous ? SessionKeyOpener.MaxAnonymousTries : SessionKeyOpener.MaxNamedTries;
            int tried = left.GetValueOrDefault((key.Fingerprint, packet.IsAnonymous));
            left[(key.Fingerprint, packet.IsAnonymous)] = tried + 1;
            return tried < most;
        }
    }

    /// <exception cref="HolderProtocolException">It is no such question.</exception>
    public static OpenQuestion Read(ReadOnlySpan<byte> content)
    {
        var fields = new FieldReader(content);
        int packetVersion = fields.Octet();
        if (packetVersion is not (3 or 6))
            throw new HolderProtocolException($"session keys of version {packetVersion}");
        byte cipher = fields.Octet();
        var keys = new Fingerprint[Count(fields.Octet(), HolderProtocol.MaxKeys)];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = fields.Fingerprint();
        var packets = new EncryptedSessionKey[Count(fields.Octet(), HolderProtocol.MaxPackets)];
        for (int i = 0; i < packets.Length; i++)
        {
            packets[i] = EncryptedSessionKey.TryRead(fields.Many(), out var packet)
                ? packet
                : throw new HolderProtocolException("a packet that is no session key");
        }

        var use = new KeyUse(fields.Text(), fields.Text());
        fields.End();
        return new OpenQuestion(keys, packets, packetVersion, cipher == 0 ? null : (SymmetricAlgorithm)cipher, use);
    }

    public void Write(Span<byte> destination)
    {
        var fields = new FieldWriter(destination);
        fields.Octet(PacketVersion);
        fields.Octet((int)(Cipher ?? 0));
        fields.Octet(Keys.Count);
        foreach (var key in Keys)
            fields.Fingerprint(key);
        fields.Octet(Packets.Count);
        foreach (var packet in Packets)
            fields.Many(packet.Body.Span);
        fields.Many(messageId);
        fields.Many(inNameOf);
    }

    private static int Count(int number, int most) =>
        number <= most ? number : throw new HolderProtocolException($"{number} entries, where {most} may be");
}
