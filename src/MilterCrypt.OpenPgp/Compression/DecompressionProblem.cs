namespace MilterCrypt.OpenPgp.Compression;

/// <summary>Why a compressed packet was not opened to its end.</summary>
internal enum DecompressionProblem
{
    /// <summary>Nothing is wrong so far.</summary>
    None,

    /// <summary>It is not what its algorithm makes, it is cut short, or something follows its end.</summary>
    Damaged,

    /// <summary>More comes out than is allowed.</summary>
    TooLong,
}
