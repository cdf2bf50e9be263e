namespace MilterCrypt.Milter;

/// <summary>What a sender says of the octets of a body (BODY=).</summary>
public enum BodyType
{
    /// <summary>7BIT: lines of ASCII (RFC 6152).</summary>
    SevenBit,

    /// <summary>8BITMIME: lines of any octets (RFC 6152).</summary>
    EightBitMime,

    /// <summary>BINARYMIME: no lines at all (RFC 3030).</summary>
    BinaryMime,
}
