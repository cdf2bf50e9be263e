namespace MilterCrypt.Engine.Custody.GpgAgent;

/// <summary>Reads a canonical S-expression (RFC 9804 §6) piece by piece, with neither recursion nor memory of its own: lists of
/// octet strings and lists. Display hints are refused.</summary>
internal ref struct CanonicalReader(ReadOnlySpan<byte> octets)
{
    /// <summary>How deep lists may be nested where they are skipped: honest ones are three deep.</summary>
    internal const int MaxDepth = 8;

    private const int MaxLengthDigits = 5;

    private ReadOnlySpan<byte> rest = octets;

    /// <summary>What was not read.</summary>
    internal readonly ReadOnlySpan<byte> Rest => rest;

    /// <summary>Takes the beginning of a list.</summary>
    internal bool TryReadOpen() => TryTake((byte)'(');

    /// <summary>Takes the end of a list.</summary>
    internal bool TryReadClose() => TryTake((byte)')');

    /// <summary>Takes a string: its length in decimal digits, a colon, its octets.</summary>
    internal bool TryReadString(out ReadOnlySpan<byte> octets)
    {
        octets = default;
        int digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits is < 1 or > MaxLengthDigits || rest[digits] != ':' || (rest[0] == '0' && digits > 1))
            return false;
        int length = 0;
        foreach (byte digit in rest[..digits])
            length = (10 * length) + (digit - '0');
        if (length > rest.Length - digits - 1)
            return false;
        octets = rest.Slice(digits + 1, length);
        rest = rest[(digits + 1 + length)..];
        return true;
    }

    /// <summary>Takes a given string.</summary>
    internal bool TryReadString(ReadOnlySpan<byte> expected) => TryReadString(out var octets) && octets.SequenceEqual(expected);

    /// <summary>Takes what is left of the list that was begun last, with its end.</summary>
    internal bool TrySkipRest()
    {
        for (int depth = 1; depth > 0;)
        {
            if (TryReadOpen())
                depth++;
            else if (TryReadClose())
                depth--;
            else if (!TryReadString(out _))
                return false;
            if (depth > MaxDepth)
                return false;
        }

        return true;
    }

    private bool TryTake(byte bracket)
    {
        if (rest.IsEmpty || rest[0] != bracket)
            return false;
        rest = rest[1..];
        return true;
    }
}
