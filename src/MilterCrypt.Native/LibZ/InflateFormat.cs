namespace MilterCrypt.Native.LibZ;

/// <summary>What stands around the deflated blocks.</summary>
public enum InflateFormat
{
    /// <summary>Nothing (RFC 1951).</summary>
    Raw,

    /// <summary>zlib's header and check sum (RFC 1950).</summary>
    Zlib,
}
