namespace MilterCrypt.OpenPgp.Packets;

/// <summary>The old checksum of secret numbers and session keys (RFC 9580 §5.5.3, §5.1.3): the sum of all octets modulo
/// 65536.</summary>
internal static class OctetSum
{
    /// <summary>The sum, in the same time for all octets.</summary>
    internal static ushort Of(ReadOnlySpan<byte> octets)
    {
        uint sum = 0;
        foreach (byte octet in octets)
            sum += octet;
        return (ushort)sum;
    }
}
