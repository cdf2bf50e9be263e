namespace MilterCrypt.OpenPgp.Packets;

/// <summary>Compression algorithms by their wire numbers (RFC 9580 §9.4).</summary>
public enum CompressionAlgorithm
{
    /// <summary>The packets as they are.</summary>
    Uncompressed = 0,

    /// <summary>Deflated (RFC 1951), with nothing around it.</summary>
    Zip = 1,

    /// <summary>Deflated, with zlib's header and check sum (RFC 1950).</summary>
    Zlib = 2,

    /// <summary>bzip2.</summary>
    Bzip2 = 3,
}
