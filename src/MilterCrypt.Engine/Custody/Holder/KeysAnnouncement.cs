using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>Which keys are held, and for what.</summary>
internal sealed class KeysAnnouncement(IReadOnlyList<KeyAbility> keys) : IFrameContent
{
    private const int SignsFlag = 1, DecryptsFlag = 2;

    public IReadOnlyList<KeyAbility> Keys => keys;

    public FrameKind Kind => FrameKind.Keys;

    public int Length => 1 + 2 + keys.Sum(static key => 1 + FieldWriter.LengthOf(key.Certificate) + FieldWriter.LengthOf(key.Key));

    /// <exception cref="HolderProtocolException">It is no announcement, or that of another version.</exception>
    public static KeysAnnouncement Read(ReadOnlySpan<byte> content)
    {
        var fields = new FieldReader(content);
        byte version = fields.Octet();
        if (version != HolderProtocol.Version)
            throw new HolderProtocolException($"version {version} of the protocol; this program speaks {HolderProtocol.Version}");
        var keys = new List<KeyAbility>();
        var known = new HashSet<Fingerprint>();
        for (int left = fields.Short(); left > 0; left--)
        {
            byte flags = fields.Octet();
            var key = new KeyAbility(fields.Fingerprint(), fields.Fingerprint(), (flags & SignsFlag) != 0, (flags & DecryptsFlag) != 0);
            if (!known.Add(key.Key))
                throw new HolderProtocolException($"the key {key.Key} is announced twice");
            keys.Add(key);
        }

        fields.End();
        return new KeysAnnouncement(keys);
    }

    public void Write(Span<byte> destination)
    {
        var fields = new FieldWriter(destination);
        fields.Octet(HolderProtocol.Version);
        fields.Short(keys.Count);
        foreach (var key in keys)
        {
            fields.Octet((key.Signs ? SignsFlag : 0) | (key.Decrypts ? DecryptsFlag : 0));
            fields.Fingerprint(key.Certificate);
            fields.Fingerprint(key.Key);
        }
    }

    /// <summary>Whether another says the same.</summary>
    public bool SaysTheSameAs(KeysAnnouncement other) => keys.SequenceEqual(other.Keys);
}
