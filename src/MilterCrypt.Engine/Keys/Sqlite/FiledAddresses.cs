using System.Collections.Frozen;
using System.Globalization;

namespace MilterCrypt.Engine.Keys.Sqlite;

/// <summary>The addresses that a certificate is filed under, with what the file says of each: a line "TAKEN-OVER VERIFIED ADDRESS".</summary>
internal sealed class FiledAddresses
{
    private readonly Dictionary<string, int> takenOver = new(StringComparer.Ordinal);
    private readonly HashSet<string> verified = new(StringComparer.Ordinal);
    private readonly List<string> addresses = [];

    /// <summary>The addresses, in the file's order.</summary>
    public IReadOnlyList<string> Addresses => addresses;

    /// <summary>Reads the lines; null where one is none.</summary>
    public static FiledAddresses? TryRead(IReadOnlyList<string> lines)
    {
        var filed = new FiledAddresses();
        return lines.All(filed.TryAdd) ? filed : null;
    }

    /// <summary>The certificate with what is said of its addresses.</summary>
    public StoredCertificate Of(StoredCertificate certificate) => certificate with
    {
        TakenOver = takenOver.Count > 0 ? takenOver : certificate.TakenOver,
        Verified = verified.Count > 0 ? verified.ToFrozenSet(StringComparer.Ordinal) : certificate.Verified,
    };

    private bool TryAdd(string line)
    {
        // What is behind the second space is the address, whatever is in it.
        if (line.Split(' ', 3) is not [var number, var isVerified, var address]
            || isVerified is not ("0" or "1")
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int rank))
            return false;
        addresses.Add(address);
        if (rank > 0)
            takenOver[address] = rank;
        if (isVerified == "1")
            verified.Add(address);
        return true;
    }
}
