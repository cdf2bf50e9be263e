namespace MilterCrypt.Milter.Wire;

/// <summary>Takes a payload apart into its strings, each of which ends in a NUL.</summary>
internal ref struct NulStrings(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> rest = payload;

    public readonly bool IsEmpty => rest.IsEmpty;

    /// <summary>The next string, without its NUL.</summary>
    /// <exception cref="MilterProtocolException">There is none, or its NUL is missing.</exception>
    public ReadOnlySpan<byte> Next()
    {
        int end = rest.IndexOf((byte)0);
        if (end < 0)
            throw new MilterProtocolException("A string lacks its terminating NUL.");

        ReadOnlySpan<byte> found = rest[..end];
        rest = rest[(end + 1)..];
        return found;
    }
}
