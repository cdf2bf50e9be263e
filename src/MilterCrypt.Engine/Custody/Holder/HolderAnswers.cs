using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>A signature was made.</summary>
/// <param name="values">Its own octets.</param>
internal sealed class SignedAnswer(byte[] values) : IFrameContent
{
    public FrameKind Kind => FrameKind.Signed;

    public int Length => values.Length;

    public void Write(Span<byte> destination) => values.CopyTo(destination);
}

/// <summary>A session key was opened, or one was made up: always of the same length. It is its asker's to dispose.</summary>
internal sealed class OpenedAnswer(SessionKey opened) : IFrameContent
{
    public FrameKind Kind => FrameKind.Opened;

    public int Length => 1 + 1 + HolderProtocol.SessionKeyLength + FieldWriter.LengthOf(opened.OpenedBy!.Fingerprint);

    /// <summary>The key.</summary>
    /// <param name="content">The frame's content, which its reader clears.</param>
    /// <param name="keys">Those that were asked for.</param>
    /// <exception cref="HolderProtocolException">It is no such answer.</exception>
    public static SessionKey Read(ReadOnlySpan<byte> content, IReadOnlyList<PublicKey> keys)
    {
        var fields = new FieldReader(content);
        int packetVersion = fields.Octet();
        var cipher = (SymmetricAlgorithm)fields.Octet();
        var octets = fields.Take(HolderProtocol.SessionKeyLength);
        var name = fields.Fingerprint();
        fields.End();
        if (packetVersion is not (3 or 6) || keys.FirstOrDefault(key => key.Fingerprint.Equals(name)) is not { } openedBy)
            throw new HolderProtocolException("a session key that was not asked for");
        return SessionKey.Of(packetVersion, cipher, octets, openedBy)
            ?? SessionKey.Of(packetVersion, cipher, octets[..24], openedBy)
            ?? SessionKey.Of(packetVersion, cipher, octets[..16], openedBy)
            ?? throw new HolderProtocolException($"a session key of cipher {(int)cipher}");
    }

    public void Write(Span<byte> destination)
    {
        var fields = new FieldWriter(destination);
        fields.Octet(opened.PacketVersion);
        fields.Octet((int)opened.Cipher);
        fields.Padded(opened.Octets, HolderProtocol.SessionKeyLength);
        fields.Fingerprint(opened.OpenedBy!.Fingerprint);
    }
}

/// <summary>No packet is for any of the keys.</summary>
internal sealed class NotForThemAnswer : IFrameContent
{
    public FrameKind Kind => FrameKind.NotForThem;

    public int Length => 0;

    public void Write(Span<byte> destination)
    {
    }
}

/// <summary>Why a key was not used.</summary>
internal sealed class RefusedAnswer(string reason) : IFrameContent
{
    private readonly byte[] text = HolderProtocol.TextOf(reason);

    public FrameKind Kind => FrameKind.Refused;

    public int Length => 2 + text.Length;

    /// <exception cref="HolderProtocolException">It is no such answer.</exception>
    public static string Read(ReadOnlySpan<byte> content)
    {
        var fields = new FieldReader(content);
        string reason = fields.Text();
        fields.End();
        return reason;
    }

    public void Write(Span<byte> destination) => new FieldWriter(destination).Many(text);
}
