using System.Runtime.InteropServices;
using System.Text;

namespace MilterCrypt.Native.LibIdn2;

/// <summary>Domain names as the DNS knows them (IDNA 2008, RFC 5891): .NET without ICU gets them wrong, and a key
/// look-up would miss.</summary>
public static class Idn2
{
    // RFC 1035 §2.3.4 allows 255 octets; a U-label may take more of them than its A-label, but never that many.
    private const int MaxInputLength = 1024;
    private const int MaxDomainLength = 253;
    private const int MaxLabelLength = 63;

    // IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL | IDN2_USE_STD3_ASCII_RULES
    private const int LookupFlags = 1 | 8 | 32;

    /// <summary>The A-label form of a domain, in lower case without a final dot; null where it has none, because it is
    /// no domain name: an empty or over-long label, characters that no name may hold.</summary>
    /// <param name="domain">As written: A-labels, U-labels (composed or not) or both.</param>
    public static string? ToAscii(string domain)
    {
        if (domain.Length > MaxInputLength)
            return null;

        if (domain.EndsWith('.'))
            domain = domain[..^1];

        // Plain ASCII names bypass the library, which refuses some that are in use (ab--cd).
        string? ascii = Ascii.IsValid(domain) ? domain.ToLowerInvariant() : Lookup(domain);
        return ascii is not null && IsDomain(ascii) ? ascii : null;
    }

    private static string? Lookup(string domain)
    {
        // The library would end the name at a NUL.
        if (domain.Contains('\0', StringComparison.Ordinal))
            return null;

        int result = Idn2Imports.idn2_lookup_u8(domain, out nint found, LookupFlags);
        if (result != 0)
            return null;

        string? ascii = Marshal.PtrToStringUTF8(found);
        Idn2Imports.idn2_free(found);
        return ascii?.ToLowerInvariant();
    }

    // The library accepts a..b, and says nothing of what bypassed it.
    private static bool IsDomain(string ascii)
    {
        if (ascii.Length is 0 or > MaxDomainLength)
            return false;

        foreach (string label in ascii.Split('.'))
        {
            bool sound = label.Length is > 0 and <= MaxLabelLength && label[0] != '-' && label[^1] != '-'
                && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
            if (!sound)
                return false;
        }

        return true;
    }
}
