namespace MilterCrypt.OpenPgp.Armor;

/// <summary>How lines of armor end.</summary>
public enum LineEnding
{
    /// <summary>As on the wire of mail.</summary>
    CrLf,

    /// <summary>As in files.</summary>
    Lf,
}

/// <summary>The shape of armor.</summary>
/// <param name="Label">What stands between BEGIN and the dashes, such as <c>PGP MESSAGE</c>.</param>
/// <param name="LineEnding">How lines end.</param>
/// <param name="WithChecksum">Whether the CRC-24 is written. RFC 9580 §6.1 would rather not, but GnuPG up to 2.4 reads
/// no armor without it where the length is a multiple of three.</param>
public sealed record ArmorOptions(string Label, LineEnding LineEnding, bool WithChecksum = true);
