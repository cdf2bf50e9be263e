namespace MilterCrypt.Engine.Mail;

/// <summary>Comparison of local parts and login names: A to Z equal a to z, everything else is itself. Letters outside
/// ASCII are left alone, since what their case means is the receiving system's business (RFC 6531 §3.7.1 tells
/// others to keep off).</summary>
internal static class AsciiCase
{
    internal static bool Equals(ReadOnlySpan<char> one, ReadOnlySpan<char> other)
    {
        if (one.Length != other.Length)
            return false;
        for (int i = 0; i < one.Length; i++)
        {
            if (Fold(one[i]) != Fold(other[i]))
                return false;
        }
        return true;
    }

    internal static int GetHashCode(ReadOnlySpan<char> text)
    {
        var hash = new HashCode();
        foreach (char c in text)
            hash.Add(Fold(c));
        return hash.ToHashCode();
    }

    internal static string ToLower(string text) => text.All(c => c is not (>= 'A' and <= 'Z'))
        ? text
        : string.Create(text.Length, text, static (target, source) =>
        {
            for (int i = 0; i < source.Length; i++)
                target[i] = Fold(source[i]);
        });

    /// <summary>Where a text begins in another, or -1. Both are UTF-8, or what was meant to be.</summary>
    internal static int IndexOf(ReadOnlySpan<byte> text, ReadOnlySpan<byte> wanted)
    {
        for (int at = 0; at + wanted.Length <= text.Length; at++)
        {
            if (Equals(text.Slice(at, wanted.Length), wanted))
                return at;
        }
        return -1;
    }

    /// <summary>Whether two texts in UTF-8 are equal.</summary>
    internal static bool Equals(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (one.Length != other.Length)
            return false;
        for (int i = 0; i < one.Length; i++)
        {
            if (Fold((char)one[i]) != Fold((char)other[i]))
                return false;
        }
        return true;
    }

    private static char Fold(char c) => c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c;
}
