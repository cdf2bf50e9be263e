using System.Buffers.Binary;
using System.Text;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>Reads a frame's content, field by field; what is missing ends the connection.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> content)
{
    private ReadOnlySpan<byte> rest = content;

    public byte Octet() => Take(1)[0];

    public ushort Short() => BinaryPrimitives.ReadUInt16BigEndian(Take(sizeof(ushort)));

    /// <summary>Octets, with their number in one octet before them.</summary>
    public ReadOnlySpan<byte> Few() => Take(Octet());

    /// <summary>Octets, with their number in two octets before them.</summary>
    public ReadOnlySpan<byte> Many() => Take(Short());

    public ReadOnlySpan<byte> Take(int length)
    {
        if (rest.Length < length)
            throw new HolderProtocolException("a frame whose fields are longer than it is");
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    public Fingerprint Fingerprint()
    {
        var octets = Few();
        return octets.Length is OpenPgp.Packets.Fingerprint.LengthV4 or OpenPgp.Packets.Fingerprint.LengthV6
            ? OpenPgp.Packets.Fingerprint.FromBytes(octets)
            : throw new HolderProtocolException($"a fingerprint of {octets.Length} octets");
    }

    /// <summary>A text in UTF-8; octets that are none stand as such signs do.</summary>
    public string Text()
    {
        var octets = Many();
        return octets.Length <= HolderProtocol.MaxText
            ? Encoding.UTF8.GetString(octets)
            : throw new HolderProtocolException($"a text of {octets.Length} octets");
    }

    /// <summary>Holds that nothing follows.</summary>
    public readonly void End()
    {
        if (!rest.IsEmpty)
            throw new HolderProtocolException("a frame that is longer than its fields");
    }
}
